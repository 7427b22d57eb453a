"""Every notebook on other versions of Python and of the packages. Run by hand: it is no test of CI.

    python tests/versions.py SET FOLDER [--python PATH] [--only 03 07] [--keep]

SET is one of
    lowest             each requirement of pyproject.toml, `lab` included, exactly at its lower bound
    colab              what Colab ships, and what the set-up cell of the notebooks adds there
    3.11, 3.12, …      the pins of constraints.txt on this Python

FOLDER gets the environment and an empty cache of weights: 3 GB, or 9 GB where pip takes a CUDA build. Both are deleted
at the end; with --keep the environment stays, and the next run uses it again. The course is installed as a package,
so that files which the package lacks are noticed.

Each notebook runs twice, offline, on the CPU: as learners open it (the checks only print), and as the solution edition
(every check must be passed). Outputs are not compared; a cell that raises fails unless it is tagged `raises-exception`.
The last lines are a table in Markdown; the exit status is 1 if any notebook failed.
"""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What runs notebooks here. Belongs to no set: installed on top, without moving anything of the set.
RUNNERS = ["nbclient", "nbformat", "jupytext"]
# Colab in August 2026: what the course or its libraries ask for. torchao is there although nothing here needs it.
COLAB = [
    *("torch==2.11.0", "torchvision==0.26.0", "torchao==0.10.0", "transformers==5.15.0", "peft==0.20.0", "accelerate"),
    *("numpy==2.1.*", "matplotlib==3.10.*", "pillow", "soundfile", "psutil==5.9.5", "pandas", "requests", "rich"),
    *("ipython==7.34.0", "ipykernel==6.17.1", "ipywidgets==7.7.1"),
]
SHOWN = ["torchvision", "torchao", "tokenizers", "nbclient"]  # versions worth reading beside the requirements


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", metavar="SET", help="lowest, colab, or a Python such as 3.13")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="gets the environment and the weights")
    parser.add_argument("--python", metavar="PATH", help="this Python; without it pythonX.Y of the PATH")
    parser.add_argument("--only", metavar="NAME", nargs="+", default=[], help="these notebooks, for example 03 07")
    parser.add_argument("--keep", action="store_true", help="keep the environment for another run")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)  # this file, started in the set
    options = parser.parse_args()
    if options.inside:
        return run_notebooks(options.set, options.only)
    version = {"lowest": "3.11", "colab": "3.13"}.get(options.set, options.set)
    if not re.fullmatch(r"3\.\d+", version):
        parser.error(f"SET should be lowest, colab or a Python such as 3.13; got {options.set!r}.")
    folder = options.folder.resolve()
    environment, cache = folder / "environment", folder / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    try:
        python = make(environment, find_python(version, options.python), options.set)
        for words in setup_words(python) if options.set == "colab" else [["install", "--no-deps", str(ROOT)]]:
            pip(python, *words)
        command = [python, __file__, options.set, folder, "--inside", *(["--only", *options.only] * bool(options.only))]
        # The second keeps four lines of the debugger out of each run.
        settings = {"COURSE_CACHE": str(cache), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        return subprocess.run(command, cwd=folder, env=clean() | settings).returncode
    except subprocess.CalledProcessError as problem:
        print(f"The set {options.set} cannot be made: {shlex.join(map(str, problem.cmd))} failed.", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(cache, ignore_errors=True)
        if not options.keep:
            shutil.rmtree(environment, ignore_errors=True)


def find_python(version: str, named: str | None) -> str:
    """A Python of this version; SystemExit says what to do when there is none."""
    candidates = [named] if named else [sys.executable, f"python{version}"]
    code = "import sys; print('.'.join(map(str, sys.version_info[:2])))"
    for candidate in filter(shutil.which, candidates):
        found = subprocess.run([candidate, "-c", code], capture_output=True, text=True)
        if found.stdout.strip() == version:
            return candidate
    raise SystemExit(f"This set needs Python {version}, and {' and '.join(candidates)} is none: give one by --python.")


def make(environment: Path, base: str, name: str) -> Path:
    """The Python of an environment with the packages of the set `name`; one that is whole is used again."""
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    whole = environment / "whole"  # written last: an interrupted installation is made again
    if whole.exists() and whole.read_text() == name:
        print(f"The environment in {environment} is used again.", flush=True)
        return python
    shutil.rmtree(environment, ignore_errors=True)
    pipe(base, "-m", "venv", environment)
    pip(python, "install", *requirements(name))
    frozen = environment / "set.txt"
    frozen.write_text(pipe(python, "-m", "pip", "freeze"))
    pip(python, "install", *RUNNERS, "-c", str(frozen))
    whole.write_text(name)
    return python


def requirements(name: str) -> list[str]:
    """What pip installs for the set `name`; of a package that `lab` asks for again, the range of `lab`."""
    if name == "colab":
        return COLAB
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["lab"]]
    if name == "lowest":
        lines = [re.sub(r">=([\d.]+).*", r"==\1", line) for line in lines]
        return list({line.split("==")[0]: line for line in lines}.values())
    return [*lines, "-c", str(ROOT / "constraints.txt")]


def setup_words(python: Path) -> list[list[str]]:
    """The pip commands of the set-up cell, with this working tree in place of the address on GitHub."""
    code = "from course_utils.authoring import sources; print(sources.setup_code(sources.Course('owner/name')))"
    commands = re.findall(r"(?m)^ *%pip (.+)$", pipe(python, "-c", code))
    return [[str(ROOT) if word.startswith("git+") else word for word in shlex.split(line)] for line in commands]


def pip(python: Path, *words: str) -> None:
    print("pip", shlex.join(words), flush=True)
    subprocess.run([python, "-m", "pip", *words, "--quiet"], cwd=ROOT, env=clean(), check=True)


def pipe(*command) -> str:
    return subprocess.run(command, cwd=ROOT, env=clean(), check=True, text=True, stdout=subprocess.PIPE).stdout


def clean() -> dict[str, str]:
    """This process's environment without what would lead the set's Python to other packages."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}


# ---------------------------------------------------------------- inside the environment


def run_notebooks(name: str, only: list[str]) -> int:
    """Run both editions of each notebook with the Python that runs this; 0 when none failed."""
    from course_utils.authoring.sources import load_records, select

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = re.findall(r"^[\w-]+", "\n".join(project["dependencies"]), re.M)
    print(f"Python {sys.version.split()[0]},", ", ".join(filter(None, map(version_of, [*asked, *SHOWN]))), flush=True)
    records, rows, failed = load_records(), [], 0
    for source in select(only, ROOT / "notebooks"):
        cells = [run_edition(source, records, solutions) for solutions in (False, True)]
        failed += sum(not ok for ok, *_ in cells)
        rows.append(f"| {source.stem} | " + " | ".join(text for _, *texts in cells for text in texts) + " |")
    print(f"\n**{name}**, Python {sys.version.split()[0]}: {failed or 'none'} of {2 * len(rows)} runs failed\n")
    print("| notebook | as opened | s | GB | solutions | s | GB |\n|---|---|---|---|---|---|---|", *rows, sep="\n")
    return int(failed > 0)


def run_edition(source: Path, records, solutions: bool) -> tuple[bool, str, str, str]:
    """(whether it ran to its end; result, seconds and peak memory in GB, as texts)."""
    from course_utils.authoring.notebooks import execute
    from course_utils.authoring.sources import Course, expand
    from course_utils.errors import CourseError

    start = time.perf_counter()
    try:
        notebook = expand(source, records=records, course=Course(), solutions=solutions)
        run = execute(notebook, folder=source.parents[1], strict=solutions)
        ok, result, memory = True, "ok", f"{run.peak_bytes / 1e9:.2f}"
    except CourseError as problem:
        lines = str(problem).strip().splitlines()
        ok, result, memory = False, f"{lines[0]} {lines[-1][:100]}".replace("|", "/"), "–"
        print(problem, flush=True)
    seconds = f"{time.perf_counter() - start:.0f}"
    print(f"{source.stem}, {'solutions' if solutions else 'as opened'}: {result}, {seconds} s, {memory} GB", flush=True)
    return ok, result, seconds, memory


def version_of(name: str) -> str:
    try:
        return f"{name} {metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
