"""`python -m course_utils.doctor`: is this machine ready for the course, and if not, what to do next.

It tries each thing a notebook needs, reports every one, and stops at none. It changes and downloads nothing.
Leans on `models`; a broken package shows up as a line of the table, not as a crash. `machine_report()` has the same
facts without a path, for a problem report.
"""

import os
import platform
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from .errors import CourseError

GB = 1e9
LEAST_MEMORY, LEAST_DISK = 2.0, 1.5  # GB: a notebook's kernel takes up to 1.5, the weights about 0.9
KERNEL_SECONDS = 30
_PACKAGES = ("transformers", "torch", "tokenizers", "huggingface_hub", "numpy", "ipykernel", "jupyterlab")
# On Windows `python3` opens the shop.
OPEN = f"`{'py' if sys.platform == 'win32' else 'python3'} course.py open`"
REINSTALL = f"delete the folder .venv, then run {OPEN}"


@dataclass(frozen=True)
class Finding:
    """One line of the table. "attention" means that the notebooks will not run; a "note" spoils nothing."""

    name: str
    status: str  # ok | note | attention
    text: str
    step: str = ""

    def __str__(self) -> str:
        line = f"{self.name:<13} {self.status:<10} {self.text}"
        return f"{line}\n{'':<25}-> {self.step}" if self.step else line


def examine() -> list[Finding]:
    """Every check, in a fixed order. The kernel starts in the background while the others run."""
    kernel: list[Finding] = []
    thread = threading.Thread(target=lambda: kernel.append(_safely("kernel", _kernel)), daemon=True)
    thread.start()
    checks = {
        **{"Python": _python, "packages": _packages, "memory": _memory, "disk": _disk},
        **{"device": _device, "forward pass": _forward, "weights": _weights},
    }
    findings = [_safely(name, check) for name, check in checks.items()]
    thread.join(2 * KERNEL_SECONDS)
    return [*findings, *(kernel or [Finding("kernel", "attention", "it does not answer", REINSTALL)])]


def _safely(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except ImportError as error:
        return Finding(name, "attention", f"a package is missing or broken: {error}", REINSTALL)
    except CourseError as error:  # says itself what to do
        return Finding(name, "attention", str(error))
    except Exception as error:  # whatever breaks here is exactly what the table is for
        return Finding(name, "attention", _line(error), f"{REINSTALL}; if it comes back, report this line")


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]


def _python() -> Finding:
    return Finding("Python", "ok", f"{sys.version.split()[0]} in {sys.prefix}")


def _packages() -> Finding:
    """The versions that are installed beside those that the course asks for."""
    from packaging.requirements import Requirement  # transformers brings it

    try:
        asked = [Requirement(line) for line in requires("course-utils") or ()]
    except PackageNotFoundError:  # a folder that is used without being installed
        return Finding("packages", "note", "nothing here says which versions the course needs", "pip install -e .")
    asked = [each for each in asked if each.marker is None or each.marker.evaluate({"extra": ""})]
    wrong, repair = [], []
    for each in asked:
        here, wanted = _installed(each.name), ",".join(sorted(map(str, each.specifier), reverse=True))
        if not here or not each.specifier.contains(here, prereleases=True):
            needs = f"{here} is here, and the course needs {wanted}" if here else "is not installed"
            wrong.append(f"{each.name} {needs}")
            repair.append(f'"{each.name}{wanted}"')
    if wrong:
        ours = Path(sys.prefix) == Path(__file__).parents[1] / ".venv"
        step = REINSTALL if ours else f"pip install {' '.join(repair)}"
        return Finding("packages", "attention", "; ".join(wrong), step)
    text = f"all {len(asked)} that the course needs, transformers {_installed('transformers')}"
    return Finding("packages", "ok", text)


def _installed(package: str) -> str | None:
    """The version of a package, or None: not there, or half installed, which leaves a folder without a version."""
    try:
        return version(package)
    except (PackageNotFoundError, KeyError, FileNotFoundError):  # the last: of the backport importlib_metadata
        return None


def _memory() -> Finding:
    from .models.devices import free_memory

    free = free_memory() / GB
    enough = free >= LEAST_MEMORY
    step = "" if enough else f"close other programs: a chapter takes up to {LEAST_MEMORY:.0f} GB"
    return Finding("memory", "ok" if enough else "note", f"{free:.1f} GB free", step)


def _disk() -> Finding:
    from .models.cache import cache_folder, free_disk
    from .models.prefetch import status

    folder = cache_folder()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(there, os.W_OK):
        if not any(row.problem for row in status()):
            return Finding("disk", "ok", f"{there} cannot be written, and need not be: all offline models are there")
        return Finding("disk", "attention", f"{there} cannot be written", "set COURSE_CACHE to a folder of yours")
    free = free_disk(folder) / GB
    enough = free >= LEAST_DISK
    step = "" if enough else "free some, or set COURSE_CACHE to a folder on a larger disk"
    return Finding("disk", "ok" if enough else "note", f"{free:.1f} GB free for weights", step)


def _device() -> Finding:
    from .models.devices import choose_device

    device = choose_device()
    return Finding("device", "ok", f"{device.device}, {device.dtype} ({device.why})")


def _forward() -> Finding:
    """A random model of 30,000 parameters on the chosen device: tensors, kernels and precision all take part."""
    import torch
    from transformers import BertConfig, BertModel

    from .models.devices import choose_device

    device = choose_device()
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    model = BertModel(BertConfig(vocab_size=100, max_position_embeddings=16, **sizes)).eval()
    try:
        model.to(device.device, getattr(torch, device.dtype))
        with torch.no_grad():
            state = model(torch.arange(8, device=device.device)[None]).last_hidden_state.cpu()
    except Exception as error:  # whatever a graphics card or its driver answers
        if device.device == "cpu":
            raise
        return Finding("forward pass", "attention", f"on {device.device}: {_line(error)}", "set COURSE_DEVICE=cpu")
    if state.shape != (1, 8, 32) or not torch.isfinite(state).all():
        return Finding("forward pass", "attention", "a tiny model gave wrong numbers", "set COURSE_DEVICE=cpu")
    return Finding("forward pass", "ok", "a tiny random model ran")


def _weights() -> Finding:
    from .models.prefetch import being_fetched, status

    fetching = being_fetched()  # asked first: what is ready a moment later is then in the rows
    rows = status()
    missing = [row for row in rows if row.problem]
    if not missing:
        return Finding("weights", "ok", f"all {len(rows)} sets of offline models and data are here")
    size = sum(row.download_mb for row in missing)
    text = f"not here yet: {', '.join(row.name for row in missing)} ({size} MB)"
    if fetching:
        return Finding("weights", "note", f"{text}, being fetched", "go on: a cell that needs one waits for it")
    return Finding("weights", "attention", text, f"{OPEN} fetches them")


def _kernel() -> Finding:
    """A notebook kernel of this very Python computes 1+1."""
    try:
        from jupyter_client.manager import start_new_kernel
    except ImportError:
        return Finding("kernel", "note", "Jupyter is not installed here", f"{OPEN} installs it")
    manager, client = start_new_kernel(KERNEL_SECONDS, stderr=subprocess.DEVNULL)
    said: list[str] = []
    try:
        client.execute_interactive(
            "import sys; print(1 + 1, sys.prefix)",
            timeout=KERNEL_SECONDS,
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    answer = "".join(said).strip()
    if answer == f"2 {sys.prefix}":
        return Finding("kernel", "ok", "a notebook kernel started and computed 1 + 1")
    return Finding("kernel", "attention", f"the kernel python3 is another Python: {answer[:150]!r}", REINSTALL)


# --- for a problem report ---


@dataclass(frozen=True)
class MachineReport:
    """Facts about this machine as (name, value) rows; paste it into a problem report."""

    rows: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        width = max(len(name) for name, _ in self.rows)
        return "\n".join(f"{name:<{width}}  {value}" for name, value in self.rows)

    __repr__ = __str__


def machine_report() -> MachineReport:
    """Versions, cores, memory, disk and the chosen device. No user name and no path, so it is safe to publish."""
    import psutil

    from .models.cache import cache_folder, free_disk
    from .models.checkpoints import MODES
    from .models.devices import cores, free_memory

    def device() -> str:
        from .models.devices import choose_device

        try:
            chosen = choose_device()
        except CourseError:  # its sentence shows what was set; here only a plain word is shown, never a path
            asked = os.environ.get("COURSE_DEVICE", "").strip()
            return f"none of this machine's: COURSE_DEVICE={asked if asked.isalnum() else '…'}"[:60]
        return f"{chosen.device}, {chosen.dtype} ({chosen.why})"

    mode = os.environ.get("COURSE_MODELS", "").strip().lower()
    rows = [
        ("Python", platform.python_version()),
        ("system", f"{platform.system()} {platform.machine()}"),
        ("cores", str(cores())),
        ("memory", f"{free_memory() / GB:.1f} of {psutil.virtual_memory().total / GB:.1f} GB free"),
        ("disk", _tried(lambda: f"{free_disk(cache_folder()) / GB:.0f} GB free for weights")),
        ("device", _tried(device)),
        ("COURSE_MODELS", mode if mode in MODES else "none of offline, hub, auto" if mode else "auto (not set)"),
    ]
    rows += [(package, _installed(package) or "not installed") for package in _PACKAGES]
    return MachineReport(tuple(rows))


def _tried(fact) -> str:
    """A fact for the report, or the name of what went wrong: the report is read when something is broken."""
    try:
        return fact()
    except Exception as error:  # a missing torch, a folder that cannot be read: the type says enough, without paths
        return f"not known ({type(error).__name__})"


def main() -> int:
    # On Windows zmq warns, with a path, of what it then does by itself.
    warnings.filterwarnings("ignore", "Proactor event loop", RuntimeWarning)
    findings = examine()
    print("\n".join(map(str, findings)))
    if any(finding.status == "attention" for finding in findings):
        print("Some lines need attention: the arrows say what to do.")
        return 1
    print("This machine is ready.")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")  # this environment's kernel, not the user's
    sys.exit(main())
