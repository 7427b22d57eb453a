"""Device, precision, memory and the machine report. No accelerator is needed: torch's answers are replaced."""

import getpass
import os
import random
import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest
from loopback_hub import is_sentence, run_python

import course_utils
from course_utils.errors import CourseError
from course_utils.models import devices


@pytest.fixture
def machine(monkeypatch):
    """A machine made to order: `machine(cuda=(7, 5))` has an NVIDIA card, `machine(mps=True)` is a Mac."""
    import torch

    def build(cuda=None, mps: bool = False, asked: str | None = None, built: str = "sm_60 sm_70 sm_80 sm_90 sm_120"):
        monkeypatch.setattr(torch.cuda, "get_arch_list", built.split)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda is not None)
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda *args: cuda)
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda *args, **kwargs: True)  # it counts emulation
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
        if asked is None:
            monkeypatch.delenv("COURSE_DEVICE", raising=False)
        else:
            monkeypatch.setenv("COURSE_DEVICE", asked)
        devices.choose_device.cache_clear()

    yield build
    devices.choose_device.cache_clear()


@pytest.mark.parametrize(
    "has, device, dtype",
    [
        ({}, "cpu", "float32"),
        ({"mps": True}, "mps", "float32"),
        ({"cuda": (7, 5)}, "cuda", "float16"),
        ({"cuda": (8, 0)}, "cuda", "bfloat16"),
        ({"cuda": (12, 0)}, "cuda", "bfloat16"),
        ({"cuda": (6, 1), "mps": True}, "cuda", "float16"),
        ({"cuda": (8, 0), "asked": "cpu"}, "cpu", "float32"),
        ({"cuda": (8, 0), "mps": True, "asked": "mps"}, "mps", "float32"),
        ({"cuda": (7, 0), "asked": " CUDA "}, "cuda", "float16"),
        ({"cuda": (8, 0), "asked": ""}, "cuda", "bfloat16"),
    ],
)
def test_device_and_precision(machine, has, device, dtype):
    import torch

    machine(**has)
    chosen = course_utils.choose_device()
    assert (chosen.device, chosen.dtype) == (device, dtype)
    assert isinstance(getattr(torch, chosen.dtype), torch.dtype)
    assert chosen.why
    assert course_utils.choose_device() is chosen, "decided once"


@pytest.mark.parametrize("asked", ["banana", "cuda", "mps", "cuda:0", "x" * 10_000, "cpu,cuda"])
def test_a_device_that_is_not_here_is_a_sentence(machine, asked):
    machine(asked=asked)
    with pytest.raises(CourseError) as caught:
        course_utils.choose_device()
    said = str(caught.value)
    assert is_sentence(said) and asked[:40] in said and "cpu" in said
    assert "COURSE_DEVICE" in said


# What `get_arch_list` answers: PyPI's build for Linux, one for older cards, one with PTX at its end, an AMD build.
PYPI, OLDER = "sm_75 sm_80 sm_86 sm_90 sm_100 sm_120", "sm_50 sm_60 sm_70 sm_75 sm_80"
PTX, AMD = "sm_70 sm_75 compute_75", "gfx900 gfx90a gfx1100"


@pytest.mark.parametrize(
    ("cuda", "built", "device"),
    [
        ((6, 1), PYPI, "cpu"),  # GTX 10xx
        ((7, 0), PYPI, "cpu"),  # V100
        ((7, 5), PYPI, "cuda"),
        ((8, 9), PYPI, "cuda"),  # served by 8.0 and 8.6
        ((10, 3), PYPI, "cuda"),
        ((6, 1), OLDER, "cuda"),
        ((9, 0), OLDER, "cpu"),  # machine code serves its own generation only …
        ((9, 0), PTX, "cuda"),  # … and PTX every later card …
        ((6, 1), PTX, "cpu"),  # … but no earlier one
        ((12, 1), "sm_90 sm_120a", "cuda"),
        ((9, 0), AMD, "cuda"),  # no numbers: torch is believed
        ((9, 0), "", "cuda"),
    ],
)
def test_a_card_that_this_build_of_torch_has_no_code_for_is_passed_over(machine, recwarn, cuda, built, device):
    import torch

    machine(cuda=cuda, built=built)

    def warning(*args):
        warnings.warn("Found GPU0 which is of compute capability", stacklevel=1)
        return cuda

    torch.cuda.get_device_capability = warning  # put back by `machine`
    chosen = course_utils.choose_device()
    assert chosen.device == device
    no_code = f"no code for the graphics card: compute capability {cuda[0]}.{cuda[1]}, made for"
    assert (no_code in chosen.why) == (device == "cpu")
    assert device == "cuda" or not recwarn.list, "one sentence is enough"


def test_a_card_without_code_that_is_asked_for_is_a_sentence(machine):
    machine(cuda=(6, 1), built=PYPI, asked="cuda")
    with pytest.raises(
        CourseError, match=r"machine \(cpu\), but it is 'cuda', and this PyTorch has no code .*6\.1"
    ) as told:
        course_utils.choose_device()
    assert is_sentence(str(told.value))
    machine(cuda=(6, 1), built=PYPI, asked="cpu")
    assert course_utils.choose_device().why == "COURSE_DEVICE=cpu"


def test_the_sentence_names_what_is_here(machine):
    machine(cuda=(8, 0), asked="mps")
    with pytest.raises(CourseError, match="cpu or cuda"):
        course_utils.choose_device()


# --- memory ---


@pytest.fixture
def container(monkeypatch, tmp_path):
    """The files with which Linux tells a container its memory limit, and a host with 64 GB free."""
    import psutil

    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=64e9, total=64e9))

    def build(**files: str):
        for name, text in files.items():
            (tmp_path / f"memory.{name}").write_text(f"{text}\n")
        original = Path

        def path(*parts):
            text = original(*parts).as_posix()
            return original(text.replace("/sys/fs/cgroup", str(tmp_path)))

        monkeypatch.setattr(devices, "Path", path)

    return build


def test_without_a_container_the_free_memory_counts(container):
    container()
    assert devices.free_memory() == 64e9


def test_a_containers_limit_counts(container):
    container(max="2000000000", current="500000000")
    assert devices.free_memory() == 1.5e9


@pytest.mark.parametrize("limit", ["max", str(10**15)])
def test_a_container_without_a_limit_has_what_the_machine_has(container, limit):
    container(max=limit, current="500000000")
    assert devices.free_memory() == 64e9


def test_a_container_over_its_limit_has_nothing_and_not_less(container):
    container(max="1000", current="5000")
    assert devices.free_memory() == 0


def test_files_that_linux_keeps_in_memory_do_not_count_as_used(container):
    """Reading weights fills the page cache, which is given back when a program asks: it is free memory."""
    stat = "anon 400000000\nfile 1500000000\ninactive_file 1200000000\nactive_file 300000000"
    container(max="2000000000", current="1900000000", stat=stat)
    assert devices.free_memory() >= 1.2e9


# --- set-up ---


@pytest.fixture
def threads():
    import torch

    before = torch.get_num_threads()
    yield torch.get_num_threads
    torch.set_num_threads(before)


def test_setup_makes_random_numbers_the_same_each_time():
    import numpy
    import torch

    def draw():
        return torch.rand(3).tolist(), numpy.random.rand(3).tolist(), random.random()

    course_utils.setup()
    first = draw()
    assert draw() != first
    course_utils.setup()
    assert draw() == first
    course_utils.setup(seed=1)
    assert draw() != first


@pytest.mark.parametrize(
    "cores, asked, expected",
    [(1, "", 1), (2, "", 1), (4, "", 3), (64, "", 8), (64, "2", 2), (4, "0", 3), (4, "banana", 3)],
)
def test_setup_leaves_a_core_to_the_browser(threads, monkeypatch, cores, asked, expected):
    monkeypatch.setattr(devices, "cores", lambda: cores)
    monkeypatch.setenv("OMP_NUM_THREADS", asked)
    course_utils.setup()
    assert threads() == expected


@pytest.mark.slow
def test_setup_silences_the_libraries_before_they_are_imported():
    code = """
import os, course_utils
course_utils.setup()
from huggingface_hub import constants
print(constants.HF_HUB_DISABLE_PROGRESS_BARS, constants.HF_HUB_DISABLE_SYMLINKS_WARNING)
print(os.environ["TRANSFORMERS_VERBOSITY"])
"""
    quiet = run_python(f"import os\nos.environ.pop('TRANSFORMERS_VERBOSITY', None)\n{code}")
    assert quiet.stdout.split() == ["True", "True", "error"] and quiet.stderr == ""
    done = run_python(code, TRANSFORMERS_VERBOSITY="info", HF_HUB_DISABLE_SYMLINKS_WARNING="0")
    assert done.stdout.split() == ["True", "False", "info"], "what the learner set stays"
    assert done.stderr == ""


def test_cores_are_those_this_process_may_use():
    assert 1 <= devices.cores() <= (os.cpu_count() or 1)
    if hasattr(os, "sched_getaffinity"):
        assert devices.cores() == len(os.sched_getaffinity(0))


# --- the machine report ---


def test_the_machine_report_can_be_published(monkeypatch, tmp_path):
    import platform
    import socket

    # Under a home folder, as the cache of most people is.
    monkeypatch.setenv("COURSE_CACHE", str(Path.home() / ".cache" / "transformers-course-test"))
    report = course_utils.machine_report()
    text = str(report)
    assert repr(report) == text
    private = {getpass.getuser() if sys.platform != "win32" else "", str(Path.home()), str(Path.cwd()), sys.prefix}
    private |= {socket.gethostname(), platform.node()}
    words = text.split()
    for secret in filter(None, private):
        assert secret not in words and (len(secret) < 5 or secret not in text), secret
    assert "/" not in text and "\\" not in text, "no path at all"


def test_the_machine_report_says_what_a_helper_would_ask():
    text = str(course_utils.machine_report())
    for name in ("Python", "cores", "memory", "disk", "device", "COURSE_MODELS", "transformers", "torch"):
        assert any(line.startswith(name) for line in text.splitlines()), name
    assert version("torch") in text and sys.version.split()[0] in text


def test_the_machine_report_survives_a_setting_that_is_wrong(machine):
    """It is what a learner pastes when something is wrong: it must come, and name what is wrong."""
    machine(asked="banana")
    assert "banana" in str(course_utils.machine_report())


@pytest.mark.parametrize("seed", ["0", None, 1.5, -1, 2**32])
def test_a_seed_that_is_no_seed_gets_a_sentence(seed):
    with pytest.raises(CourseError, match="expects the seed as a whole number"):
        devices.setup(seed)


def test_the_machine_report_survives_what_it_should_report(monkeypatch):
    monkeypatch.setenv("COURSE_MODELS", "/home/ada/" + "x" * 10_000)  # Windows takes at most 32,767 characters
    monkeypatch.setenv("COURSE_CACHE", "/nowhere/" + "y" * 10_000)
    report = str(course_utils.machine_report())
    assert "ada" not in report and len(report) < 2_000
    assert "none of offline, hub, auto" in report and "not known (OSError)" in report


@pytest.mark.parametrize("name", ["COURSE_MODELS", "COURSE_DEVICE"])
@pytest.mark.parametrize("value", ["/home/ada/models", "offline /home/ada/models"])
def test_the_machine_report_shows_no_path_that_was_set_by_mistake(monkeypatch, name, value):
    monkeypatch.setattr(devices, "choose_device", devices.choose_device.__wrapped__)
    monkeypatch.setenv(name, value)
    report = str(course_utils.machine_report())
    assert "ada" not in report and "none of" in report


RELEASING = """
import gc
import weakref
import psutil
import torch
from course_utils import release

class Model:
    def __init__(self):
        # As in a real model: parts that refer to each other, and many blocks of memory with gaps between.
        self.me, self.weights = self, [torch.ones(50_000) for _ in range(1000)]

gc.disable()  # only release() may find it
process = psutil.Process()
before = process.memory_info().rss
model, kept = Model(), torch.ones(10)
gone = weakref.ref(model)
held = process.memory_info().rss - before
del model
assert gone() is not None
release()
assert gone() is None and kept.sum() == 10
print(held, process.memory_info().rss - before)
"""


@pytest.mark.slow
def test_release_hands_back_what_nothing_refers_to_any_more():
    """In a process of its own: the memory of this one moves with every other test."""
    ran = run_python(RELEASING)
    assert ran.returncode == 0, ran.stderr
    held, left = map(int, ran.stdout.split())
    assert held > 150e6 and left < 50e6


@pytest.mark.slow
def test_release_needs_no_torch(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    devices.release()
    assert "torch" not in sys.modules
