"""A laptop set up from a bundle with no network at all: seconds and sizes. Linux, as root, with `unshare`.

python3 course.py bundle
python benchmarks/bundle.py dist/bundle [PYTHON]
"""

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NOTEBOOK = """
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read("notebooks/00_start_here.ipynb", 4)
NotebookClient(notebook, timeout=300, resources={"metadata": {"path": "notebooks"}}).execute()
"""


def megabytes(folder: Path) -> float:
    """What lies under a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def row(what: str, value: float, unit: str) -> None:
    print(f"{what:<52} {value:8.1f} {unit}", flush=True)


def opened(course: Path, python: str, environ: dict, *more: str) -> subprocess.Popen:
    """`course.py open`, until the check of the machine is through."""
    log, began = course.parent / "open.log", time.monotonic()
    command = [python, "course.py", "open", "--no-browser", *more]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=course, env=environ, stdout=output, stderr=output)
    answered = False
    while process.poll() is None and time.monotonic() - began < 900:
        text = log.read_text()
        if not answered and "answers at" in text:
            what = "from the bundle" if more else "a later start"
            row(f"until JupyterLab answers ({what})", time.monotonic() - began, "s")
            answered = True
        if "This machine is ready" in text:
            break
        time.sleep(0.1)
    if not answered:
        sys.exit(text)
    return process


def main(bundle: Path, python: str) -> None:
    outside = [name for _, name in socket.if_nameindex() if name != "lo"]
    assert not outside, outside
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        environ = {"HOME": str(folder / "home"), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        (folder / "home").mkdir()
        course = Path(shutil.copytree(bundle / "course", folder / "course"))
        row("the bundle", megabytes(bundle), "MB")
        process = opened(course, python, environ, "--from", str(bundle))
        began = time.monotonic()
        subprocess.run([course / ".venv/bin/python", "-c", NOTEBOOK], cwd=course, env=environ, check=True)
        row("notebook 00 from the first cell to the last", time.monotonic() - began, "s")
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        row("CPU seconds of all this", cpu_seconds(), "s")
        row("the folder .venv", megabytes(course / ".venv"), "MB")
        row("the models in the cache", megabytes(folder / "home/.cache/transformers-course"), "MB")
        process = opened(course, python, environ)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    row("load of the machine at the end", os.getloadavg()[0], "")


if __name__ == "__main__":
    if os.environ.get("ALONE") != "1":
        inside = ["bash", "-c", 'ip link set lo up && exec "$@"', "bash", sys.executable, *sys.argv]
        os.execvpe("unshare", ["unshare", "-n", *inside], {**os.environ, "ALONE": "1"})
    main(Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else sys.executable)
