"""The Hub and its cache: every fault is a sentence and costs seconds, and nothing damaged is handed out."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from loopback_hub import (
    ASK,
    COMMIT,
    OTHER_COMMIT,
    catalogue,
    closed_port,
    elsewhere,
    hub_line,
    in_kernel,
    is_sentence,
    own_line,
    package_of,
    run_python,
)

from course_utils.models import hub as hub_module

pytest_plugins = ["hub_fixtures"]
PROMISE = 5.0  # seconds; what an unreachable Hub may cost


def blobs(home) -> list[Path]:
    """The weights files in the Hub's cache, by the name the Hub gives them: their SHA-256."""
    return [path for path in Path(home["HF_HOME"]).rglob("blobs/*") if len(path.name) == 64]


# --- faults of the Hub ---


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and what follows. `kept`: what is left of the weights. No `says`: they come all the same."""

    says: str | None
    seconds: float
    fault: str = ""
    kept: str = "nothing"
    again: bool = True  # whether the next call in the same kernel asks the Hub again
    row: dict | None = None
    code: str = ""
    settings: dict | None = None


NO_SPACE = """
import errno
plain = Path.open
class Full:
    def __init__(self, file): self.file = file
    def __enter__(self): return self
    def __exit__(self, *exc): self.file.close()
    def write(self, data): raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
def full(path, *args, **named):
    file = plain(path, *args, **named)
    return Full(file) if path.suffix == ".incomplete" else file
Path.open = full
"""
SLOW_NAMES = "socket.getaddrinfo = lambda *args, **named: time.sleep(20)"
QUICK = {"HF_HUB_DOWNLOAD_TIMEOUT": "1"}  # the course's own is four seconds: see the test below
STANDSTILL = "module.LISTING_SECONDS = module.STANDSTILL_SECONDS = 2"
FAULTS = {
    "connection refused": Fault("cannot be reached", PROMISE, again=False, settings={"HF_ENDPOINT": closed_port()}),
    "names are not resolved": Fault(
        "did not answer within 3 s", PROMISE, again=False, code=SLOW_NAMES, settings={"HF_HUB_DISABLE_TELEMETRY": "0"}
    ),
    "hangs": Fault("did not answer within 3 s", PROMISE, "hang", again=False),
    "lists, then hangs": Fault("did not answer within 3 s", PROMISE, "stall", again=False),
    "hangs after the probe": Fault("TimeoutError", 5, "listing hangs", again=False, code=STANDSTILL),
    "slow": Fault(None, 15, "slow", kept="whole"),
    "trickles": Fault(None, 15, "trickle", kept="whole"),
    "no repository": Fault("no such repository", 2, row={"repo": "owner/nothing"}),
    "no revision": Fault("no revision 000000000000 of it", 2, row={"revision": OTHER_COMMIT}),
    "no branch": Fault("no revision no-such-bran", 2, row={"revision": "no-such-branch"}),
    "401": Fault("private, or does not exist", 2, "401"),
    "gated": Fault("Agree to its terms on its page on the Hub, then run: hf auth login", 2, "gated"),
    "429": Fault("Try again in 7 seconds", 2, "429"),
    "500": Fault("trouble of its own (error 500). Try again later", 2, "500"),
    "503": Fault("trouble of its own (error 503). Try again later", 2, "503"),
    "a page to sign in": Fault("Open a browser", 2, "html"),
    "429 after the probe": Fault("TimeoutError", 5, "later 429", kept="part", again=False, code=STANDSTILL),
    "503 after the probe": Fault("answered with error 503", 3, "later 503"),
    "wrong hash": Fault("was taken out of the Hub's cache: run the cell again", 3, "wrong"),
    "hiccup": Fault(None, 5, "hiccup", kept="whole"),
    "cut off": Fault("broke off", 9, "cut", again=False),
    "freezes": Fault("broke off", 15, "freeze", again=False, settings=QUICK),
    "disk too small": Fault("0 MB free", 2, code="module.cache.free_disk = lambda path: 0"),
    "disk full in the middle": Fault("The disk is full", 3, code=NO_SPACE),
    "no safetensors": Fault("as safetensors, but does not", 3, row={"repo": "owner/bin-only"}),
    "no safetensors, as known": Fault("safetensors only", 2, again=False, row={"safetensors": False}),
    "no folder for the cache": Fault("Set HF_HOME to a folder that", 3, again=False, settings={"HF_HOME": __file__}),
    "switched off": Fault("HF_HUB_OFFLINE is set", 2, again=False, settings={"HF_HUB_OFFLINE": "1"}),
}
BRIEF = [name for name, fault in FAULTS.items() if fault.seconds <= 3]
MEETING = """
import types, urllib.request
from course_utils.models import hub as module
def note(what):
    urllib.request.urlopen(os.environ["MENDED"] + "/" + what).read()
kernel()
{code}
answers.append(ask(source="hub"))
weights = [path for path in Path(os.environ["HF_HOME"]).rglob("blobs/*") if len(path.name.split(".")[0]) == 64]
answers.append(sorted("part" if path.suffix else "whole" for path in weights))
socket.getaddrinfo = names
note("second")
os.environ["COURSE_MODELS"] = "hub"
answers.append(ask())
note("mend")
"""
LATER = """
os.environ["COURSE_MODELS"] = "auto"
module.time = types.SimpleNamespace(monotonic=lambda: time.monotonic() + 61)
answers.append(ask(source="hub"))
"""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in BRIEF else pytest.mark.slow) for name in FAULTS]
)
def test_a_fault_of_the_hub(files, home, hub, name):
    """One kernel asks for the usual one, then once more in hub mode, and again a minute after the fault has gone."""
    fault = FAULTS[name]
    hub.faults = {"owner/good": fault.fault}
    lasting = fault.row or fault.code or {"HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_HOME"} & {*(fault.settings or {})}
    code = "names = socket.getaddrinfo\n" + MEETING.format(code=fault.code) + ("" if lasting else LATER)
    rows = catalogue(files, **(fault.row or {}))
    settings = {"HF_ENDPOINT": hub.url, "MENDED": hub.url, **home, **(fault.settings or {})}
    first, kept, second, *later = in_kernel(code, catalogue=rows, **settings)
    assert first["seconds"] < fault.seconds, first
    assert not hub.count("/api/agent-harnesses"), "the client's own first question"
    assert kept == ([] if fault.kept == "nothing" else [fault.kept])
    for answer in later:
        hub_line(answer)
    if fault.says is None:
        assert hub_line(first) == hub_line(second)
        return
    assert fault.says in elsewhere(first), first
    assert later or not blobs(home), "a thread that was left behind went on with the download"
    assert rows["hub"]["repo"] in first["why"] and first["why"].count("owner/") == 1
    own_line(second)
    assert second["lines"][-2].endswith("The course's own takes its place.") and is_sentence(second["lines"][-2])
    if "HF_ENDPOINT" not in (fault.settings or {}):
        asked = hub.requests[hub.requests.index("GET /second") : hub.requests.index("GET /mend")]
        assert any("/tree/" in line for line in asked) == fault.again, asked
    if not fault.again:
        assert second["seconds"] < 1


def test_a_hub_that_freezes_costs_half_a_minute_and_xet_cannot_freeze_it():
    """The client tries six times, a second apart. Of its other way to download it says itself: no time limit."""
    assert 6 * int(hub_module.SETTINGS["HF_HUB_DOWNLOAD_TIMEOUT"]) + 5 < 30
    assert hub_module.SETTINGS["HF_HUB_DISABLE_XET"] == "1"


@pytest.mark.slow
def test_an_interrupted_download_ends_at_once_and_can_be_asked_for_again(files, home, hub):
    """The client alone holds the kernel until its threads have ended."""
    hub.faults = {"owner/good": "listing hangs"}
    code = """
import signal, urllib.request
kernel()
threading.Timer(2, os.kill, (os.getpid(), signal.SIGINT)).start()
start = time.perf_counter()
try:
    ask(source="hub")
except KeyboardInterrupt:
    answers.append(time.perf_counter() - start)
urllib.request.urlopen(os.environ["HF_ENDPOINT"] + "/mend")
answers.append(ask(source="hub"))
"""
    seconds, again = in_kernel(code, catalogue=catalogue(files), HF_ENDPOINT=hub.url, **home)
    assert 1.5 < seconds < 4
    assert hub_line(again) and again["lines"][0].startswith("Downloading")


# --- what lies in the Hub's cache ---


@pytest.mark.slow
def test_from_the_hub_into_the_real_pipeline_and_then_without_it(files, home, hub):
    load = """
from transformers import pipeline
with contextlib.redirect_stderr(io.StringIO()):
    classify = pipeline("text-classification", model=answers[0]["path"], device="cpu", dtype="float32")
answers.append(classify("a good film")[0]["label"])
answers.append(sorted(str(path.relative_to(answers[0]["path"])) for path in Path(answers[0]["path"]).rglob("*")))
"""
    settings = {"catalogue": catalogue(files), "HF_ENDPOINT": hub.url, **home}
    first, label, kept = in_kernel(f"{ASK}\n{load}", **settings)
    assert hub_line(first) and len(first["lines"]) == 2
    assert first["lines"][0] == "Downloading owner/good (1 MB) from the Hub, once."
    assert f"Revision {COMMIT};" in first["why"] and "licence mit" in first["why"], first["why"]
    assert label in ("NEGATIVE", "POSITIVE")
    assert kept == sorted(files), "nothing but what is needed, and no pickle"
    hub.close()
    (again,) = in_kernel(ASK, **settings)
    assert again["lines"] == [hub_line(again)] and again["path"] == first["path"]


def test_what_lies_there_serves_all_the_same_with_the_hub_switched_off(files, home, hub):
    (first,) = in_kernel(ASK, catalogue=catalogue(files), HF_ENDPOINT=hub.url, **home)
    asked = list(hub.requests)
    (answer,) = in_kernel(ASK, catalogue=catalogue(files), HF_HUB_OFFLINE="1", HF_ENDPOINT=hub.url, **home)
    assert answer["lines"] == [hub_line(answer)] and answer["path"] == first["path"]
    assert hub.requests == asked


def test_damage_in_the_hubs_cache_is_never_handed_out_and_is_mended(files, home, hub):
    settings = {"catalogue": catalogue(files), "HF_ENDPOINT": hub.url, **home}
    in_kernel(ASK, **settings)
    (blob,) = blobs(home)
    body = bytearray(blob.read_bytes())
    body[len(body) // 2] ^= 1
    blob.write_bytes(body)
    damaged, mended = in_kernel(f"{ASK}\nanswers.append(ask(source='hub'))", **settings)
    assert "model.safetensors of owner/good is damaged" in elsewhere(damaged) and "run the cell again" in damaged["why"]
    hub_line(mended)
    assert blob.read_bytes() == files["model.safetensors"]


def test_a_blob_that_is_shared_between_repositories_is_held_against_its_sha256(files, home, hub):
    """The client may keep it in a folder of its own, under another hash of 64 digits, and the blob is a link to it."""
    settings = {"catalogue": catalogue(files), "HF_ENDPOINT": hub.url, **home}
    in_kernel(ASK, **settings)
    (blob,) = blobs(home)
    shared = Path(home["HF_HOME"]) / "hub" / "blobs" / "ab" / ("ab" * 32)
    shared.parent.mkdir(parents=True)
    blob.rename(shared)
    blob.symlink_to(os.path.relpath(shared, blob.parent))
    (answer,) = in_kernel(ASK, **settings)
    assert hub_line(answer) and "not checked" not in answer["why"]
    shared.write_bytes(bytes(1000))
    (answer,) = in_kernel(ASK, **settings)
    assert "damaged" in elsewhere(answer) and not shared.exists()


def test_a_system_without_links_shows_no_warning_and_says_what_was_not_checked(files, home, hub):
    code = f"def refuse(*args, **named): raise OSError('a privilege is not held')\nos.symlink = refuse\n{ASK}"
    (answer,) = in_kernel(code, catalogue=catalogue(files), HF_ENDPOINT=hub.url, **home)  # stderr must be empty
    assert hub_line(answer) and f"Revision {COMMIT}, SHA-256 not checked;" in answer["why"]


def test_weights_are_read_once_a_kernel(files, home, hub):
    code = """
from course_utils.models import cache
read, plain = [], cache.sha256
cache.sha256 = lambda path: read.append(path.name) or plain(path)
kernel()
for wish in ({"source": "hub"}, {}) * 3:
    answers.append(ask(**wish))
answers.append(read)
"""
    *_, read = in_kernel(code, catalogue=catalogue(files), HF_ENDPOINT=hub.url, **home)
    weights = package_of(files).files["model.safetensors"]
    assert (read.count("model.safetensors"), read.count(weights)) == (1, 1), "the course's own, and the Hub's"


def test_a_half_empty_hub_cache_is_not_taken_for_a_checkpoint(files, home, hub):
    """Somebody looked at the configuration only: the snapshot exists, the weights do not."""
    settings = {"catalogue": catalogue(files), **home}
    code = f"import huggingface_hub\nhuggingface_hub.hf_hub_download('owner/good', 'config.json', revision={COMMIT!r})"
    in_kernel(code, HF_ENDPOINT=hub.url, **settings)
    kept = [path.name for path in Path(home["HF_HOME"]).rglob(f"snapshots/{COMMIT}/*")]
    assert kept == ["config.json"], "the cache is not half empty, so nothing is tested"
    (answer,) = in_kernel(ASK, HF_ENDPOINT=closed_port(), **settings)
    assert "the Hub cannot be reached" in elsewhere(answer)


def test_what_the_plain_library_downloaded_is_found_without_a_network(files, home, hub):
    """The literal pipeline leaves out the README and takes no note of ours: its files count all the same."""
    code = f"""
from huggingface_hub import hf_hub_download, snapshot_download
snapshot_download("owner/good", revision={COMMIT!r}, allow_patterns=["config.json"])
for name in {sorted(files)!r}:
    hf_hub_download("owner/good", name, revision={COMMIT!r})
"""
    run = run_python(code, HF_ENDPOINT=hub.url, **home)
    assert run.returncode == 0, run.stderr
    (answer,) = in_kernel(ASK, catalogue=catalogue(files), HF_ENDPOINT=closed_port(), **home)
    assert answer["lines"] == [hub_line(answer)]
