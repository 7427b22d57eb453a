"""`course.py doctor --class`: the doctor's table, and as the last line one to send to the instructor before the class.

READY or NOT READY and the first thing to do, with what an instructor plans by; no name, no path, nothing is sent.
`edition` is the same on all machines that have the same pages and pins, so that old copies of the course are seen.
"""

import hashlib
import os
import platform
import re
import sys
import warnings
from datetime import date
from pathlib import Path

from ..authoring.notebooks import NOTEBOOKS, ROOT
from ..describing import attempt
from ..doctor import Finding, examine

PINS = ("pyproject.toml", "constraints.txt")


def main(arguments: list[str]) -> int:
    """Print the table and the line; 0 when the machine is ready."""
    warnings.filterwarnings("ignore", "Proactor event loop", RuntimeWarning)  # zmq on Windows, with a path
    findings = examine()
    print("\n".join(map(str, findings)))
    line = summary(findings)
    print(f"\nPlease send this line to your instructor:\n\n{line}", flush=True)
    return int(not line.startswith("READY"))


def summary(findings: list[Finding]) -> str:
    """READY with the facts of the machine, or NOT READY with the first thing to do."""
    facts = f"{date.today().isoformat()} {attempt(machine, default=sys.platform)} (edition {edition()})"
    first = next((finding for finding in findings if finding.status == "attention"), None)
    if first is None:
        return f"READY {facts}"
    if first.name == "weights":
        size = first.text.rpartition("(")[2].rstrip(")")
        return f"NOT READY: models are missing ({size}): run this again where there is a network. {facts}"
    return f"NOT READY: {without_paths(f'{first.name}: {first.step or first.text}')}. {facts}"


def machine() -> str:
    """As in `linux x86_64, Python 3.13, 8 cores, 7.6 GB memory and 120 GB disk free`."""
    from ..models.cache import cache_folder, free_disk
    from ..models.devices import cores, free_memory

    system = {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")
    python = ".".join(platform.python_version_tuple()[:2])
    free = f"{free_memory() / 1e9:.1f} GB memory and {free_disk(cache_folder()) / 1e9:.0f} GB disk free"
    return f"{system} {platform.machine()}, Python {python}, {cores()} cores, {free}"


def edition(root: Path = ROOT, notebooks: Path = NOTEBOOKS) -> str:
    """Six digits that are the same for the same pins and pages, whatever a system does to the ends of lines."""
    paths = [*(root / name for name in PINS), *sorted((notebooks / "source").glob("*.md"))]
    texts = (f"{path.name}\n{path.read_text('utf-8')}" for path in paths if path.is_file())
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:6]


def without_paths(text: str) -> str:
    """The text without what could name a person: home, and whatever looks like a path."""
    text = text.replace(str(ROOT), "the course").replace(os.path.expanduser("~"), "~")
    return re.sub(r"(?<![\w<>=.])(?:[A-Za-z]:)?[\\/~][\w.~-]*[\\/][^\s,;:'\"`)]*", "…", text).rstrip(".")


if __name__ == "__main__":
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")  # this environment's kernel, not the user's
    sys.exit(main(sys.argv[1:]))
