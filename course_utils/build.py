"""Builds the notebooks that learners open from the text sources in `notebooks/source`.

python -m course_utils.build                  build and execute all (or the NAMES given: 02, 02_pipelines)
python -m course_utils.build --check          say which notebooks are missing, stale or edited by hand
python -m course_utils.build --solutions DIR  the solution edition, every check strict, written into DIR
python -m course_utils.build --repository OWNER/NAME   set the public address, then build; `auto`: of the git remote
"""

import argparse
import sys
from pathlib import Path

from .authoring.notebooks import NOTEBOOKS, ROOT
from .authoring.sources import build, check, load_records, read_course, remote_repository, select, set_repository
from .errors import CourseError


def main(arguments: list[str] | None = None, *, notebooks: Path = NOTEBOOKS, root: Path = ROOT, records=None) -> int:
    """The command line; 0 when all went well. (Folders and records are parameters for the tests.)"""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.build", description="Build the notebooks from their sources."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which notebooks, for example 02 (default: all)")
    parser.add_argument("--repository", metavar="OWNER/NAME", help="set the public address (auto: the git remote's)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="only say what is stale; exit 1 if anything is")
    mode.add_argument("--solutions", metavar="DIR", type=Path, help="write the solution edition into DIR")
    options = parser.parse_args(arguments)
    pyproject = root / "pyproject.toml"
    try:
        if options.repository is not None:
            set_repository(_named(options.repository, root), pyproject)
        settings = {
            "records": load_records() if records is None else records,
            "course": read_course(pyproject),
        }
        sources = select(options.names, notebooks)
        if options.check:
            found = check(sources, notebooks, **settings)
            print("\n".join(found) or f"{len(sources)} notebooks are as their sources say.")
            _remind(settings["course"].repository, root)
            if found:
                print("Run `python -m course_utils.build`; edit the text in notebooks/source, not the notebook.")
            return int(bool(found))
    except CourseError as problem:
        print(problem, file=sys.stderr)
        return 1
    failed = False
    for source in sources:
        target = (options.solutions or notebooks) / f"{source.stem}.ipynb"
        try:
            run = build(source, target, solutions=options.solutions is not None, **settings)
            print(f"{target.name}: {run.seconds:.0f} s, at most {run.peak_bytes / 1e9:.2f} GB", flush=True)
        except CourseError as problem:
            failed = True
            print(f"{target.name}: {problem}", file=sys.stderr, flush=True)
    _remind(settings["course"].repository, root)
    return int(failed)


def _named(repository: str, root: Path) -> str:
    """The address that was asked for, with `auto` replaced by that of the git remote."""
    if repository != "auto":
        return repository
    if not (found := remote_repository(root)):
        raise CourseError("The git remote `origin` should be on github.com for `auto`; write OWNER/NAME instead.")
    return found


def _remind(repository: str, root: Path) -> None:
    """Say where a clone comes from when its notebooks do not; a note only, as CI must not depend on the remote."""
    remote = remote_repository(root)
    if remote and remote != repository:
        name = repository or "no place on GitHub"
        print(f"Note: this clone comes from {remote}, its notebooks name {name}, where Colab looks for the course.")
        print("`python -m course_utils.build --repository auto` changes that.")


if __name__ == "__main__":
    sys.exit(main())
