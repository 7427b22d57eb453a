"""Runs a notebook in a fresh kernel of this Python: offline, on the CPU, with nothing of the user's own.

The build, the solution edition and the budget test all run notebooks through `execute`, so that what is
stored, what is tested and what is measured is the same thing. What must not be committed, `rules` says.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
CELL_SECONDS = 120
# Settings of a user's shell that would change what a notebook does or shows.
UNSET = (
    *("COURSE_STRICT", "COURSE_ENDPOINT", "COURSE_ENDPOINT_MODEL", "COURSE_ENDPOINT_TOKEN"),
    *("HF_HUB_OFFLINE", "HF_ENDPOINT", "TRANSFORMERS_OFFLINE"),
    *("MPLBACKEND", "PYTHONSTARTUP", "FORCE_COLOR"),
)
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}


@dataclass(frozen=True)
class Execution:
    """What one run of a notebook cost: seconds, and the kernel's peak memory in bytes."""

    seconds: float
    peak_bytes: int


def kernel_environment(folder: Path, *, strict: bool = False) -> dict[str, str]:
    """The environment of every kernel of the build and the tests: offline, on the CPU, nothing of the user's.

    `folder` is a fresh folder for the progress file and IPython's own files.
    """
    environment = os.environ.copy()
    for name in UNSET:
        environment.pop(name, None)
    environment |= {
        "COURSE_MODELS": "offline",
        "COURSE_DEVICE": "cpu",
        "COURSE_PROGRESS": str(folder / "progress.json"),
        "IPYTHONDIR": str(folder / "ipython"),
        "CUDA_VISIBLE_DEVICES": "",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
    }
    return environment | ({"COURSE_STRICT": "1"} if strict else {})


def execute(
    notebook, *, folder: Path = NOTEBOOKS, strict: bool = False, settings: Mapping[str, str] | None = None
) -> Execution:
    """Run all cells of a notebook in place, in a fresh kernel of this very Python, started in `folder`.

    `settings` are environment variables that go before those of `kernel_environment`: another mode, another Hub.
    """
    import psutil
    from ipykernel.kernelspec import RESOURCES, get_kernel_dict
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    class ThisPython(KernelSpecManager):
        def get_kernel_spec(self, kernel_name):
            return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict(["--log-level=ERROR"]))

    peak, current = 0, [-1]

    def measure(cell, cell_index, execute_reply=None):
        nonlocal peak
        peak = max(peak, peak_memory(manager.provisioner.pid))

    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=ThisPython())
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=CELL_SECONDS,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        on_cell_start=lambda cell, cell_index: current.__setitem__(0, cell_index),
        on_cell_executed=measure,
    )
    scratch, start = Path(tempfile.mkdtemp(prefix="course-build-")), time.perf_counter()
    try:
        client.execute(env=kernel_environment(scratch, strict=strict) | dict(settings or {}), cleanup_kc=True)
    except (CellExecutionError, CellTimeoutError, DeadKernelError, psutil.Error) as problem:
        cell = notebook.cells[current[0]]
        what = f"{problem.ename}: {problem.evalue}" if isinstance(problem, CellExecutionError) else str(problem)
        raise CourseError(f"cell {current[0]} ({cell.id}) failed.\n\n{cell.source}\n\n{what.strip()}") from problem
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Execution(time.perf_counter() - start, peak)


def peak_memory(pid: int) -> int:
    """The most bytes a process has held so far (where the system does not keep that: what it holds now)."""
    import psutil

    status = Path(f"/proc/{pid}/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(found[1]) * 1024
    memory = psutil.Process(pid).memory_info()
    return getattr(memory, "peak_wset", memory.rss)


def machine_paths(text: str) -> list[str]:
    """The folders of this machine (home, here, Python, temporary) that a text names."""
    here = [
        Path.home(),
        Path.cwd(),
        ROOT,
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path(tempfile.gettempdir()),
    ]
    if cache := os.environ.get("COURSE_CACHE"):
        here.append(Path(cache))
    paths = {str(p) for path in here for p in (path, path.resolve()) if len(p.parts) > 1}
    paths |= {repr(path)[1:-1] for path in paths}  # on Windows an error message doubles each backslash
    text = re.sub(r"base64,[A-Za-z0-9+/=\s]+", "", text)
    return sorted(p for p in paths if re.search(rf"(?<![\w+/=.]){re.escape(p)}(?![\w+=])", text))


def clean(notebook):
    """Keep what is the same on every machine; of an expected error, drop the frames inside libraries."""
    import nbformat

    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                output.traceback = [frame for frame in output.traceback if not machine_paths(frame)]
            # A widget lives in a kernel. What stands beside it, a text, is kept.
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    return notebook


def to_text(notebook) -> str:
    import nbformat

    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"
