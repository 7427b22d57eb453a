"""The catalogue: every pin is a real pin, every name is one that the code and transformers know."""

import ast
import dataclasses
import re
from pathlib import Path

import pytest

from course_utils.errors import CourseError
from course_utils.models import catalog, checkpoints, convert, offline

WEIGHTS = Path(convert.WEIGHTS)
PAGES = Path(__file__).parents[1] / "notebooks" / "source"
SHA256 = re.compile(r"[0-9a-f]{64}")
COMMIT = re.compile(r"[0-9a-f]{40}")
# Pipelines of the source material that transformers 5 no longer has: their chapter does the job by hand.
REMOVED = {"question-answering", "summarization", "translation", "text2text-generation", "image-to-text"}
# Checkpoints whose commit nobody could find out without the Hub. Empty is best.
UNPINNED: set[str] = set()
PICKLED = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".npy", ".npz", ".h5", ".msgpack", ".joblib"}
SOURCES = "".join(page.read_text(encoding="utf-8") for page in sorted(PAGES.glob("*.md")))
TASKS, PACKAGES = catalog.tasks(), catalog.packages()
HUBS = [(name, hub) for name, task in TASKS.items() for hub in task.hubs]
OFFLINE = {name: task.offline for name, task in TASKS.items() if task.offline}


@pytest.mark.parametrize("name", TASKS)
def test_a_task(name):
    task = TASKS[name]
    assert task.name == name == name.lower().strip()
    assert task.hubs or task.offline


@pytest.mark.parametrize("name, hub", HUBS, ids=[f"{name}-{hub.repo.split('/')[-1]}" for name, hub in HUBS])
def test_a_row_of_the_hub(name, hub):
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", hub.repo), hub.repo
    assert COMMIT.fullmatch(hub.revision) or hub.repo in UNPINNED, f"{hub.repo} at {hub.revision!r}"
    # 2 bytes a parameter (half precision) to 4, and buffers that were saved too.
    assert 1.9 * hub.parameters / 1e6 < hub.megabytes < 4.6 * hub.parameters / 1e6, (hub.parameters, hub.megabytes)
    assert isinstance(hub.safetensors, bool)
    assert hub.licence == hub.licence.lower()


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if len(task.hubs) > 1])
def test_several_stand_from_small_to_large_and_the_smallest_suits_every_machine(name):
    sizes = [(hub.megabytes, hub.parameters) for hub in TASKS[name].hubs]
    assert sizes == sorted(sizes) and len(set(sizes)) == len(sizes)
    assert sizes[0][0] <= checkpoints.LARGEST_UNASKED
    assert all(hub.safetensors for hub in TASKS[name].hubs)


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if task.hubs])
def test_a_page_asks_for_the_usual_checkpoint(name):
    assert name in _asked_for(SOURCES)


def _asked_for(text: str) -> set[str]:
    """The tasks whose usual checkpoint the cells of a text ask for, by name or in a loop over names."""
    asked = set(re.findall(r'checkpoint\("([\w-]+)", source="hub"', text))
    for cell in re.findall(r"(?ms)^```python.*?^```", text):
        if "checkpoint(task, source=" in cell:
            asked |= set(re.findall(r'"([\w-]+)"', cell)) & set(TASKS)
    return asked


def _usual_megabytes(text: str) -> dict[str, int]:
    """What these cells download without a graphics card, by repository."""
    rows = [
        [hub for hub in TASKS[name].hubs if hub.safetensors and hub.megabytes <= checkpoints.LARGEST_UNASKED]
        for name in _asked_for(text)
    ]
    return {row[-1].repo: row[-1].megabytes for row in rows if row}


def test_what_the_usual_checkpoints_download_is_said():
    everywhere = {}
    for page in PAGES.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        here = _usual_megabytes(text)
        everywhere |= here
        if (total := sum(here.values())) > checkpoints.LARGEST_UNASKED:  # more than one model can be
            assert f"{total / 1000:.1f} GB together" in " ".join(text.split()), page.name
    for page in (PAGES / "00_start_here.md", PAGES.parents[1] / "README.md"):
        assert f"{sum(everywhere.values()) / 1000:.1f} GB" in page.read_text(encoding="utf-8"), page.name


def test_each_pipeline_is_one_of_transformers_or_known_to_be_gone():
    from transformers.pipelines import get_supported_tasks

    known = set(get_supported_tasks())
    for name, task in TASKS.items():
        assert (task.pipeline in known) != (task.pipeline in REMOVED), f"{name}: {task.pipeline}"


@pytest.mark.parametrize("name", OFFLINE)
def test_a_row_that_needs_no_hub(name):
    entry = OFFLINE[name]
    assert re.fullmatch(r"[\w.-]+", entry.name), "it names a folder"
    assert entry.how in convert.WAYS
    assert entry.package in PACKAGES if entry.how != "repository" else not entry.package
    assert 1.9 * entry.parameters / 1e6 < entry.megabytes < 4.6 * entry.parameters / 1e6
    assert entry.megabytes <= checkpoints.LARGEST_UNASKED
    assert entry.licence
    assert bool(entry.weights) == bool(entry.weights_sha256) == (entry.how in ("adapter", "repository"))
    assert bool(entry.auto_class) == (entry.how == "adapter")
    assert not entry.labels or (entry.how == "adapter" and len(entry.labels) >= 2)
    assert len(set(entry.labels)) == len(entry.labels)


def test_each_way_is_a_function_of_convert_with_the_same_arguments():
    import inspect

    for name, way in convert.WAYS.items():
        assert way.make is getattr(convert, name)
        assert list(inspect.signature(way.make).parameters) == ["entry", "package", "base", "into"]


def test_different_checkpoints_have_different_folders():
    places = {}
    for entry in OFFLINE.values():
        folder = offline.folder_name(entry)
        assert places.setdefault(folder, entry) == entry, folder
    data = {offline._data_folder(key) for key in PACKAGES if len(PACKAGES[key].files) == 1}
    assert not data & set(places)


@pytest.mark.parametrize("key", PACKAGES)
def test_a_package_row(key):
    package = PACKAGES[key]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", package.name)
    assert re.fullmatch(r"\d+(\.\d+)+", package.version), "one exact version"
    assert 0 < package.wheel_megabytes < 500
    assert not package.folder.startswith("/") and ".." not in package.folder.split("/")
    assert package.files and package.origin and package.licence
    for name, digest in package.files.items():
        assert SHA256.fullmatch(digest) and len(set(digest)) > 4, f"{name}: {digest}"
        assert name == Path(name).name, "files of one folder"
        assert Path(name).suffix not in PICKLED | {".py"} or (key, name) == ("whisper", "model.bin")
    names = [Path(name).name for name in package.files]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", [name for name, entry in OFFLINE.items() if entry.weights])
def test_weights_of_our_own_are_the_file_of_this_repository(name):
    from course_utils.models.cache import sha256

    entry = OFFLINE[name]
    folder = WEIGHTS / entry.weights
    kind = "adapter_" if entry.how == "adapter" else ""
    assert sha256(folder / f"{kind}model.safetensors") == entry.weights_sha256
    assert (folder / f"{kind}config.json").exists()
    assert any(path.suffix == ".md" for path in folder.iterdir()), "its card"


def test_committed_weights_are_small_and_safe():
    files = [path for path in WEIGHTS.rglob("*") if path.is_file()]
    assert files, "no committed weights at all"
    assert sum(path.stat().st_size for path in files) <= 20_000_000
    assert not [path.name for path in files if path.suffix in PICKLED]
    for path in files:
        head = path.open("rb").read(2)
        # a pickle starts with its protocol, a zip (which torch wraps around one) with PK
        assert head[:1] != b"\x80" and head != b"PK", path.name


def test_the_code_never_trusts_remote_code_and_never_unpickles():
    for path in Path(catalog.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "trust_remote_code":
                assert getattr(node.value, "value", None) is False, path.name
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", None)}
                assert not names & {"pickle", "cPickle", "dill", "joblib"}, path.name


def test_every_folder_of_weights_is_used():
    assert {path.name for path in WEIGHTS.iterdir()} == {entry.weights for entry in OFFLINE.values()} - {""}


def test_the_catalogue_cannot_be_changed_by_accident():
    catalog.tasks().clear()
    assert catalog.tasks() == TASKS
    with pytest.raises(dataclasses.FrozenInstanceError):
        TASKS["sentiment"].hubs[0].repo = "owner/other"


def test_what_a_page_asks_for_without_a_wish_needs_no_hub():
    asked = set(re.findall(r'checkpoint\("([^"]+)"\)', SOURCES)) - {"sentimant"}  # 00 shows what a slip gives
    assert len(asked) >= 10, "the pages ask in another way now: nothing was tested"
    assert asked <= set(OFFLINE)


@pytest.mark.parametrize("given, shown", [("x" * 10**6, "x" * 40), (None, "None"), (3, "int"), (["sentiment"], "list")])
def test_an_unknown_task_says_what_was_given_and_stays_short(given, shown):
    with pytest.raises(CourseError) as caught:
        catalog.task(given)
    assert shown in str(caught.value)
    assert len(str(caught.value)) < 800
