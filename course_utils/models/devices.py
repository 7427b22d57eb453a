"""Where a model runs: the device, the precision, the threads.

Decided once for the whole course, so that no notebook has to. Leans on torch (imported when needed)
and psutil. Not for choosing a checkpoint: that is `checkpoints`.
"""

import functools
import os
import platform
import random
import re
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

from ..describing import say
from ..errors import CourseError
from .hub import SETTINGS, mode


@dataclass(frozen=True)
class Device:
    """`device` as torch names it, `dtype` as the name of a torch type, and the reason in words."""

    device: str
    dtype: str
    why: str


@functools.cache
def choose_device() -> Device:
    """The device and precision for every model of this kernel.

    The first accelerator that torch can use, else the CPU; `why` says so of a graphics card that this build of torch
    has no code for. bfloat16 needs compute capability 8.0 (torch's own `is_bf16_supported` counts emulation); older
    NVIDIA cards get float16. The CPU gets float32, and so does Apple's GPU: half precision was not tried there.
    `COURSE_DEVICE=cpu|cuda|mps` decides instead.

    Raises:
        CourseError: `COURSE_DEVICE` names a device that does not exist, is not here, or that torch has no code for.
    """
    import torch

    here = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    no_code = _no_code_for_the_card() if here["cuda"] else ""
    here["cuda"] &= not no_code
    asked = os.environ.get("COURSE_DEVICE", "").strip().lower()
    if asked and not here.get(asked):
        usable = " or ".join(name for name, there in here.items() if there)
        raise CourseError(
            f"COURSE_DEVICE should name a device of this machine ({usable}), but it is {asked[:40]!r}"
            f"{f', and {no_code}' if asked == 'cuda' and no_code else ''}: unset it to let the course choose."
        )
    device = asked or next(name for name in ("cuda", "mps", "cpu") if here[name])
    found = "the first accelerator" if device != "cpu" else no_code or "no accelerator"
    why = f"COURSE_DEVICE={asked}" if asked else found
    if device != "cuda":
        return Device(device, "float32", why)
    return Device(device, "bfloat16" if torch.cuda.get_device_capability() >= (8, 0) else "float16", why)


def _no_code_for_the_card() -> str:
    """Why this build of torch cannot use a graphics card that it calls available, in words; "" if it can."""
    import torch

    with warnings.catch_warnings():  # torch would say the same in a dozen lines
        warnings.simplefilter("ignore")
        card = torch.cuda.get_device_capability()
    named = re.findall(r"(sm|compute)_(\d+)(\d)", " ".join(torch.cuda.get_arch_list()))
    built = [(kind == "compute", (int(major), int(minor))) for kind, major, minor in named]
    # Machine code serves later cards of its generation, PTX ("compute") all later ones. AMD's builds name no numbers.
    if not built or any(version <= card and (ptx or version[0] == card[0]) for ptx, version in built):
        return ""
    card, *served = (f"{major}.{minor}" for major, minor in (card, *(version for _, version in built)))
    return f"this PyTorch has no code for the graphics card: compute capability {card}, made for {', '.join(served)}"


def free_memory(device: str = "cpu") -> float:
    """Bytes that a new model may take: what the machine has free, or the container's limit if that is lower.

    On "cuda" it is the graphics card's own memory.
    """
    import psutil

    if device == "cuda":
        import torch

        return float(torch.cuda.mem_get_info()[0])

    free = psutil.virtual_memory().available
    limit, used = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
    if limit.exists() and used.exists() and (text := limit.read_text().strip()).isdigit():
        # Files that Linux keeps in memory are given back on demand: they count as free.
        stat = Path("/sys/fs/cgroup/memory.stat")
        cached = re.search(r"^inactive_file (\d+)$", stat.read_text() if stat.exists() else "", re.MULTILINE)
        free = min(free, int(text) - int(used.read_text()) + (int(cached[1]) if cached else 0))
    return float(max(free, 0))


def cores() -> int:
    """CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def setup(seed: int = 0) -> None:
    """Make a notebook quiet and repeatable: the first call of every notebook of the course.

    Silences the progress bars and notices of the libraries (they would be stored with the outputs), seeds
    Python, numpy and torch with `seed`, and gives torch all cores but one, at most eight: one stays for the
    browser and the Jupyter server. `OMP_NUM_THREADS` decides instead where it is set.

    Raises:
        CourseError: `seed` is not a whole number that numpy takes.
    """
    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise CourseError("setup() expects the seed as a whole number from 0 to 2**32 - 1: leave it out to use 0.")
    if "transformers" not in sys.modules:  # it reads them when it is imported
        quiet = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_VERBOSITY": "error"}
        for name, value in {**quiet, **SETTINGS}.items():
            os.environ.setdefault(name, value)
    # Of the libraries, about models that run well: nothing that a learner could mend.
    warnings.filterwarnings("ignore", message="At least one mel filter|Recommended: pip install sacremoses")
    import numpy
    import torch

    threads = os.environ.get("OMP_NUM_THREADS", "")
    torch.set_num_threads(int(threads) if threads.isdigit() and int(threads) else min(8, max(1, cores() - 1)))
    random.seed(seed)
    numpy.random.seed(seed)
    torch.manual_seed(seed)
    if mode() == "hub":
        say(
            "COURSE_MODELS=hub: the usual checkpoints of the Hub answer here. The text and the exercises describe "
            "other models, the course's own."
        )


def release() -> None:
    """Give back the memory of models that nothing refers to any more: first `del classifier`, then `release()`.

    Python frees a model when its last name is gone, but its parts refer to each other, so that may take a while;
    and freed memory stays with the process, or on the graphics card, until somebody hands it back.
    """
    import ctypes
    import gc

    gc.collect()
    if (torch := sys.modules.get("torch")) is None:
        return
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()
    if platform.libc_ver()[0] == "glibc":  # other systems hand memory back by themselves
        ctypes.CDLL(None).malloc_trim(0)
