"""A bundle sets up laptops without a network: made-up wheels show resolving, hashing, going on and refusing.

pip and uv are the real ones; the only index is a folder of made-up wheels.
"""

import base64
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from course_utils.errors import CourseError
from course_utils.models.cache import sha256
from course_utils.models.catalog import Package
from course_utils.workshop import bundling, carried, wheels
from course_utils.workshop.wheels import Target

ROOT = Path(__file__).parents[1]
LINUX, WINDOWS, MAC = Target("linux-x86_64", "3.11"), Target("windows-x86_64", "3.13"), Target("macos-arm64", "3.12")
PYPROJECT = """\
[project]
name = "tiny-course"
version = "1"
dependencies = ["torch", "colours; sys_platform == 'win32'", "old; python_version < '3.13'"]
[project.optional-dependencies]
lab = ["lab"]
"""


def wheel(folder: Path, name: str, tag="py3-none-any", version="1", requires=(), **files: bytes) -> Path:
    """A made-up wheel, the same bytes each time."""
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
    files |= {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text).digest()).decode().rstrip('=')},{len(text)}\n"
        for path, text in files.items()
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n".encode()}.items():
            archive.writestr(zipfile.ZipInfo(member), text)
    return path


def course_py(root: Path):
    """course.py as a module whose folder is `root`."""
    spec = importlib.util.spec_from_file_location("course_of_a_bundle", ROOT / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT, module.VENV, module.UV = root, root / ".venv", "uv==1"
    return module


WEIGHTS = {"config.json": b"{}", "model.safetensors": b"weights" * 999}
MODEL = Package(
    name="tiny-model",
    version="1",
    wheel_megabytes=1,
    folder="tiny",
    files={name: hashlib.sha256(text).hexdigest() for name, text in WEIGHTS.items()},
    origin="nowhere",
    licence="none",
)


def fill(folder: Path, root: Path) -> None:
    """Made-up wheels, as on an index, and a course of three files and one notebook, which asks for them."""
    for name in ("pip", "hatchling", "editables", "lab", "colours", "old"):
        wheel(folder, name)
    for tag in ("py3-none-manylinux_2_28_x86_64", "py3-none-win_amd64", "py3-none-macosx_11_0_arm64"):
        wheel(folder, "uv", tag)
    for tag in ("cp313-cp313-win_amd64", "cp312-cp312-macosx_14_0_arm64", "cp311-cp311-manylinux_2_28_x86_64"):
        wheel(folder, "torch", tag, torch=tag.encode())
    wheel(folder, "tiny_model", **{f"tiny/{name}": text for name, text in WEIGHTS.items()})
    (root / "notebooks" / "source").mkdir(parents=True)
    (root / "pyproject.toml").write_text(PYPROJECT, "utf-8")
    (root / "constraints.txt").write_text("torch==1\nlab==1\n", "utf-8")
    (root / "course.py").write_text("# the command\n", "utf-8")
    (root / "grades.csv").write_text("Ada,3\n", "utf-8")
    (root / "notebooks" / "source" / "00_start.md").write_text("# Start\n", "utf-8")
    (root / "notebooks" / "00_start.ipynb").write_text("as it was", "utf-8")
    (root / "notebooks" / "00_start.mine-1.ipynb").write_text("mine", "utf-8")


@pytest.fixture(scope="module")
def uv():
    """The uv that `bundle` would call."""
    found = wheels.course_py().find_uv()
    assert found, "course.py installs uv with the tests"
    return found[0]


def put_in_place(monkeypatch, folder: Path, uv) -> None:
    """`folder` holds the only index, and the course that a bundle is made of."""
    index, root = folder / "the index", folder / "the course"
    fill(index, root)
    course = course_py(root)
    course.answers = lambda url: False
    course.find_uv = lambda: (uv, ["--no-index", "-f", str(index)], {"UV_NO_CONFIG": "1"})
    for module in (wheels, carried):
        monkeypatch.setattr(module, "ROOT", root)
    monkeypatch.setattr(wheels, "course_py", lambda: course)
    monkeypatch.setattr(carried, "select", lambda names, notebooks: sorted((notebooks / "source").glob("*.md")))
    monkeypatch.setattr(carried, "is_pristine", lambda text: text == "as it was")
    monkeypatch.setattr(carried, "pristine", lambda source, notebooks: ("as it was", ""))
    monkeypatch.setattr(bundling.catalog, "packages", lambda: {"tiny": MODEL})
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_FIND_LINKS", index.as_uri())


@pytest.fixture
def index(tmp_path, monkeypatch, uv):
    put_in_place(monkeypatch, tmp_path, uv)
    return tmp_path / "the index"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory, uv):
    folder = tmp_path_factory.mktemp("bundles")
    with pytest.MonkeyPatch.context() as monkeypatch:
        put_in_place(monkeypatch, folder, uv)
        return bundling.bundle(folder / "bundle", [LINUX], web=False)


@pytest.fixture
def made(index, made_once, tmp_path):
    """A finished bundle for Linux."""
    return Path(shutil.copytree(made_once, tmp_path / "a stick" / "bundle"))


def manifest(bundle: Path) -> dict:
    return json.loads((bundle / "manifest.json").read_text("utf-8"))


# --- which wheels -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "torch", "more"),
    [
        (LINUX, "cp311-cp311-manylinux_2_28_x86_64", {"old"}),
        (WINDOWS, "cp313-cp313-win_amd64", {"colours"}),
        (MAC, "cp312-cp312-macosx_14_0_arm64", {"old"}),
    ],
    ids=str,
)
def test_each_machine_gets_what_it_asks_for_and_not_what_this_one_would(index, target, torch, more):
    found = {wheel.name: wheel for wheel in wheels.lock(target)}
    assert found.keys() == {"pip", "uv", "hatchling", "editables", "lab", "torch"} | more
    assert found["torch"].file == f"torch-1-{torch}.whl"
    here = index / found["torch"].file
    assert (found["torch"].bytes, found["torch"].sha256) == (here.stat().st_size, sha256(here))


def entry(file: str) -> dict:
    return {"url": f"https://somewhere.invalid/a/{file}", "size": 5_000_000, "hashes": {"sha256": "0" * 64}}


def test_of_several_wheels_that_of_the_machine_is_taken_as_pip_does():
    tags = [
        "cp39-abi3-manylinux2014_x86_64",
        "cp311-abi3-manylinux_2_28_x86_64",
        "py3-none-any",
        "cp311-abi3-win_amd64",
    ]
    package = {"name": "a", "version": "1", "wheels": [entry(f"a-1-{tag}.whl") for tag in tags]}
    assert wheels._wheel(package, LINUX).file == f"a-1-{tags[1]}.whl"
    assert wheels._wheel(package, WINDOWS).file == f"a-1-{tags[3]}.whl"
    assert wheels._wheel(package, MAC).file == f"a-1-{tags[2]}.whl"
    with pytest.raises(CourseError, match=r"a 1 has no wheel for linux-aarch64 3\.12: leave"):
        wheels._wheel({**package, "wheels": package["wheels"][:1]}, Target("linux-aarch64", "3.12"))


def test_a_package_that_does_not_exist_for_a_machine_is_named(index):
    with pytest.raises(CourseError, match=r"for linux-x86_64 3\.13 could not be resolved.*torch"):
        wheels.lock(Target("linux-x86_64", "3.13"))


def test_gigabytes_of_gpu_code_come_only_when_asked_for(index, tmp_path, monkeypatch):
    gpu = [
        wheels.Wheel("torch", "1", "t", "", 527_000_000),
        wheels.Wheel("nvidia-cudnn-cu13", "1", "n", "", 600_000_000),
    ]
    monkeypatch.setattr(wheels, "lock", lambda target, torch: gpu)
    with pytest.raises(CourseError, match=r"for linux-x86_64 3\.11 without GPU code .* has 1127 MB: add --gpu"):
        bundling._locked(LINUX, tmp_path, gpu=False)
    assert bundling._locked(LINUX, tmp_path, gpu=True) == gpu
    small = [gpu[0], wheels.Wheel("nvidia-ml-py", "1", "m", "", 9)]  # codecarbon reads a card's watts with it
    assert wheels.gpu_megabytes(small) == 0


def test_pytorchs_own_index_is_asked_for_linux_alone_and_its_build_is_taken(index, tmp_path, monkeypatch):
    asked, course, stick = [], wheels.course_py(), tmp_path / "a stick"

    def own_index(command, failed, variables=None):
        asked.append(command)
        wheel(stick, "torch", "cp311-cp311-manylinux_2_28_x86_64", version="1+cpu")

    with monkeypatch.context() as patch:
        patch.setattr(wheels, "_run", own_index)
        assert wheels.cpu_torch(LINUX, stick) is None and asked == []  # it does not answer
        patch.setattr(course, "answers", lambda url: url == f"{course.CPU_INDEX}/torch/")
        torch = wheels.cpu_torch(LINUX, stick)
        assert asked[0][-3:] == ["--index-url", course.CPU_INDEX, "torch==1"] and "--no-deps" in asked[0]
        assert wheels.cpu_torch(LINUX, stick) == torch and len(asked) == 1
    found = {each.name: each for each in bundling._locked(LINUX, stick, gpu=False)}
    assert (found["torch"].version, found["torch"].file) == ("1+cpu", torch.name) and found["torch"].is_in(stick)
    monkeypatch.setattr(wheels, "cpu_torch", lambda *rest: pytest.fail("a Mac has no other build"))
    assert "torch-1-cp312-cp312-macosx_14_0_arm64.whl" in {
        each.file for each in bundling._locked(MAC, stick, gpu=False)
    }


# --- making one -------------------------------------------------------------------------------------------


def test_a_bundle_lists_every_file_with_its_size_and_hash(made, capsys):
    said = manifest(made)
    files = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()} - {"manifest.json"}
    assert said["files"].keys() == files
    for name, entry in said["files"].items():
        assert entry == {"bytes": (made / name).stat().st_size, "sha256": sha256(made / name)}
    assert said["targets"].keys() == {"linux-x86_64 3.11"} and said["models"] == [
        "models/tiny_model-1-py3-none-any.whl"
    ]
    assert said["pip"] == "wheels/pip-1-py3-none-any.whl"
    assert {"README.txt", "course/course.py", "course/notebooks/00_start.ipynb"} <= files
    assert not [name for name in files if "mine" in name or "grades" in name]  # the instructor's own stays at home
    assert "linux-x86_64 3.11" in (made / "README.txt").read_text("utf-8")
    assert bundling.check(made) == 0
    assert f"{len(files)} of {len(files)} files are whole; for linux-x86_64 3.11." in capsys.readouterr().out


def test_a_notebook_that_the_instructor_ran_goes_along_as_it_was(index, tmp_path, capsys):
    (carried.ROOT / "notebooks" / "00_start.ipynb").write_text("with her answers", "utf-8")
    assert carried.copy_course(tmp_path / "course") == 1
    assert (tmp_path / "course" / "notebooks" / "00_start.ipynb").read_text("utf-8") == "as it was"
    assert "00_start.ipynb was changed here" in capsys.readouterr().out


def test_a_wheel_that_was_cut_off_is_fetched_again(made):
    cut = made / "wheels" / "lab-1-py3-none-any.whl"
    cut.write_bytes(cut.read_bytes()[:50])
    (lab,) = [each for each in wheels.lock(LINUX) if each.name == "lab"]
    assert not lab.is_in(made / "wheels")
    wheels.fetch(LINUX, [lab], made / "wheels")
    assert lab.is_in(made / "wheels")


def test_what_has_another_hash_than_the_index_said_is_not_taken(index, tmp_path):
    lab = wheels.Wheel("lab", "1", "lab-1-py3-none-any.whl", "0" * 64, 1)
    with pytest.raises(CourseError, match="for linux-x86_64 3.11 could not be fetched.*"):
        wheels.fetch(LINUX, [lab], tmp_path / "wheels")
    assert not list(tmp_path.glob("wheels/*.whl"))


@pytest.fixture
def quick(monkeypatch, index):
    """Fetching by copying, without pip's second; returns what was fetched, by machine."""
    fetched: list = []

    def fetch(target, todo, folder):
        fetched.append((str(target), [each.name for each in todo]))
        for each in todo:
            shutil.copyfile(index / each.file, folder / each.file)

    monkeypatch.setattr(wheels, "fetch", fetch)
    monkeypatch.setattr(wheels, "fetch_alone", lambda wanted, folder: shutil.copy(next(index.glob("tiny_*")), folder))
    return fetched


def test_a_second_run_fetches_nothing_and_other_machines_are_added(made, quick, capsys):
    before = manifest(made)
    bundling.bundle(made, [LINUX], web=False)
    assert quick == [] and manifest(made) == before
    said = capsys.readouterr().out
    assert "linux-x86_64 3.11: 7 packages, 0 MB; to fetch: 0 MB" in said and "data: 1 MB; to fetch: 0 MB" in said
    bundling.bundle(made, [WINDOWS], web=False)
    assert quick == [("windows-x86_64 3.13", ["colours", "torch", "uv"])]
    said = manifest(made)
    assert said["targets"].keys() == {"linux-x86_64 3.11", "windows-x86_64 3.13"}
    assert said["targets"]["linux-x86_64 3.11"] == before["targets"]["linux-x86_64 3.11"]
    assert bundling.check(made) == 0


def test_after_an_interruption_it_goes_on_where_it_stopped(tmp_path, quick, monkeypatch):
    def interrupted(target, todo, folder):
        fetch(target, todo[:2], folder)
        raise KeyboardInterrupt

    fetch, out = wheels.fetch, tmp_path / "bundle"
    with monkeypatch.context() as patch:
        patch.setattr(wheels, "fetch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bundling.bundle(out, [LINUX, WINDOWS], web=False)
    with pytest.raises(CourseError, match="no finished bundle"):
        bundling.check(out)
    first = quick.pop()[1]
    bundling.bundle(out, [LINUX, WINDOWS], web=False)
    assert not set(first) & set(quick[0][1]) and len(quick[0][1]) == 5  # of seven, two were there
    assert manifest(out)["targets"].keys() == {"linux-x86_64 3.11", "windows-x86_64 3.13"}
    assert bundling.check(out) == 0


def test_what_is_refused_leaves_a_finished_bundle_finished(made, quick):
    (made / ".DS_Store").write_text("of a file manager")
    with pytest.raises(CourseError, match="could not be resolved"):
        bundling.bundle(made, [WINDOWS, Target("linux-x86_64", "3.14")], web=False)
    assert bundling.check(made) == 0 and quick == []
    bundling.bundle(made, [LINUX], web=False)
    assert ".DS_Store" not in manifest(made)["files"]


def test_of_another_edition_nothing_is_left(made):
    (wheels.ROOT / "pyproject.toml").write_text(PYPROJECT.replace(", \"old; python_version < '3.13'\"", ""), "utf-8")
    bundling.bundle(made, [LINUX], web=False)
    left = {path.name.split("-")[0] for path in (made / "wheels").iterdir()}
    assert left == {"pip", "uv", "hatchling", "editables", "lab", "torch"}
    assert bundling.check(made) == 0


def test_a_wheel_with_other_weights_is_not_carried(quick, index, tmp_path):
    wheel(index, "tiny_model", **{f"tiny/{name}": text + b"!" for name, text in WEIGHTS.items()})
    with pytest.raises(CourseError, match="hashes of the catalogue, but what came does not"):
        carried.weights(MODEL, tmp_path)


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.odt").write_text("years of work")
    for out in (tmp_path, tmp_path / "thesis.odt"):
        with pytest.raises(CourseError, match="holds other things: name another"):
            bundling.bundle(out, [LINUX])
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_too_small_a_disk_is_said_before_anything_is_fetched(index, tmp_path, monkeypatch):
    monkeypatch.setattr(bundling, "free_disk", lambda path: 150_000_000)
    monkeypatch.setattr(wheels, "fetch", lambda *rest: pytest.fail("nothing may be fetched"))
    with pytest.raises(CourseError, match="needs 201 MB more, but the disk has 150 MB"):
        bundling.bundle(tmp_path / "bundle", [LINUX])


def test_without_the_web_edition_the_rest_is_made(index, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "course_utils.workshop.editions.web", None)
    carried.site(tmp_path / "site")
    assert "has no web edition" in capsys.readouterr().out and not (tmp_path / "site").exists()


def test_the_words_of_the_command_line(monkeypatch, capsys):
    here = wheels.course_py().this_target(sys.version_info)
    assert [str(each) for each in bundling.targets(["this"])] == [here]
    everything = bundling.targets(["all", "this"], ["3.11", "3.13"])
    assert len(everything) == 2 * len(wheels.PLATFORMS) and WINDOWS in everything
    with monkeypatch.context() as patch:
        patch.setattr(wheels.course_py(), "this_target", lambda version: "macos-x86_64 3.11")
        with pytest.raises(CourseError, match=r"no build for this machine \(macos-x86_64\)"):
            bundling.targets(["this"])
    with pytest.raises(SystemExit):
        bundling.main(["--platform", "amiga"])
    assert "invalid choice: 'amiga'" in capsys.readouterr().err


# --- using one --------------------------------------------------------------------------------------------


@pytest.fixture
def laptop(made, tmp_path, monkeypatch):
    """course.py in a copy of the bundle's course, on a Linux machine with Python 3.11."""
    course = course_py(Path(shutil.copytree(made / "course", tmp_path / "home" / "course")))
    monkeypatch.setattr(course, "machine_problem", lambda: None)
    monkeypatch.setattr(course, "this_target", lambda version: "linux-x86_64 3.11")
    course.seen = []
    told = ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_CONFIG_FILE", "UV_OFFLINE")
    monkeypatch.setattr(course, "prepare", lambda extras: course.seen.append({name: os.environ[name] for name in told}))
    monkeypatch.setattr(course, "fetch_models", lambda *tasks: course.seen.append(tasks) or True)
    return course


def refused(course, bundle) -> str:
    """The sentence with which `open --from` refuses a bundle, before anything was installed."""
    with pytest.raises(course.Stop) as stop:
        course.set_up_from(bundle)
    assert course.seen == [] and course.PIP == ["-m", "pip"]
    return str(stop.value)


def test_a_whole_bundle_is_all_that_pip_may_ask(laptop, made, capsys):
    before = dict(os.environ)
    laptop.set_up_from(made)
    (told, models) = laptop.seen
    assert (told["PIP_NO_INDEX"], told["UV_OFFLINE"], models) == ("1", "1", ())
    assert told["PIP_FIND_LINKS"].split() == [(made / name).as_uri() for name in ("wheels", "models")]
    assert [str(made / "wheels" / "pip-1-py3-none-any.whl" / "pip")] == laptop.PIP
    assert os.environ == before
    said = capsys.readouterr().out
    assert "checking 8 files" in said and "not needed any more" in said


def test_a_place_with_spaces_serves_pip_and_uv(made, tmp_path, monkeypatch):
    """The real ones, with what `open --from` tells them."""
    monkeypatch.setenv("PIP_FIND_LINKS", " ".join((made / name).as_uri() for name in ("wheels", "models")))
    command = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps", "--dest", tmp_path / "got", "tiny-model==1"]
    subprocess.run(command, check=True, timeout=60)
    assert [path.name for path in (tmp_path / "got").iterdir()] == ["tiny_model-1-py3-none-any.whl"]
    course = course_py(wheels.ROOT)
    course.python = lambda: Path(sys.executable)
    options, variables = course.uv_settings()
    assert "--no-index" in options and options.count("-f") == 2
    uv = wheels.course_py().find_uv()[0]
    command = [uv, "pip", "install", "-q", *options, "--target", str(tmp_path / "in"), "lab==1"]
    subprocess.run(command, check=True, timeout=60, env={**os.environ, **variables, "UV_OFFLINE": "1"})
    assert (tmp_path / "in" / "lab-1.dist-info").is_dir()


def test_a_missing_or_damaged_file_is_named_first(laptop, made):
    weights, lab = made / "models" / "tiny_model-1-py3-none-any.whl", made / "wheels" / "lab-1-py3-none-any.whl"
    right = weights.read_bytes()
    weights.write_bytes(right[:-1] + b"?")
    sentence = refused(laptop, made)
    assert sentence.startswith("models/tiny_model-1-py3-none-any.whl of the bundle is damaged") and "again" in sentence
    weights.write_bytes(right)
    lab.unlink()
    assert refused(laptop, made).startswith("wheels/lab-1-py3-none-any.whl of the bundle cannot be read (No such file")
    assert bundling.check(made) == 1


def test_what_this_laptop_does_not_use_may_be_missing(laptop, made, quick):
    bundling.bundle(made, [WINDOWS], web=False)
    (made / "wheels" / "colours-1-py3-none-any.whl").unlink()
    shutil.rmtree(made / "course")
    laptop.set_up_from(made)
    assert len(laptop.seen) == 2


def test_a_bundle_for_other_machines_says_for_which_and_what_this_is(laptop, made, quick, monkeypatch):
    bundling.bundle(made, [WINDOWS], web=False)
    monkeypatch.setattr(laptop, "this_target", lambda version: "macos-arm64 3.14")
    sentence = refused(laptop, made)
    assert "packages for linux-x86_64 3.11 and windows-x86_64 3.13, and this is macos-arm64 3.14" in sentence


def test_another_edition_and_a_course_on_the_stick_are_refused(laptop, made, monkeypatch):
    text = (laptop.ROOT / "constraints.txt").read_bytes()
    (laptop.ROOT / "constraints.txt").write_bytes(text.replace(b"\n", b"\r\n"))  # as git may write it on Windows
    laptop.read_manifest(made)
    (laptop.ROOT / "constraints.txt").write_bytes(text.replace(b"1", b"2"))
    assert "another edition" in refused(laptop, made)
    monkeypatch.setattr(laptop, "ROOT", made / "course")
    assert "Copy the folder `course` from the bundle to your own disk" in refused(laptop, made)


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"files": {}}', "\x00", '{"edition": 1, "targets": {"a": ["b"]}}'])
def test_a_damaged_manifest_is_a_sentence(laptop, made, damage):
    (made / "manifest.json").write_text(damage, "utf-8")
    assert "manifest.json" in refused(laptop, made) and "damaged: take the folder" in refused(laptop, made)


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "wheels/../../a", "C:\\a", "\\\\server\\a", "wheels\\..\\a"])
def test_a_manifest_that_leads_elsewhere_is_not_followed(laptop, made, name):
    said = manifest(made)
    said["files"][name] = {"bytes": 1, "sha256": "0" * 64}
    (made / "manifest.json").write_text(json.dumps(said), "utf-8")
    assert "damaged: take the folder" in refused(laptop, made)
    with pytest.raises(CourseError, match="is damaged"):
        bundling.check(made)


def test_a_check_names_every_file_that_is_missing_or_cannot_be_read(made, monkeypatch, capsys):
    (made / "README.txt").unlink()
    whole = bundling.sha256

    def worn_out(path):
        if path.name == "course.py":
            raise OSError(5, "Input/output error")
        return whole(path)

    monkeypatch.setattr(bundling, "sha256", worn_out)
    assert bundling.check(made) == 1
    said = capsys.readouterr().out
    assert "README.txt is missing" in said and "course/course.py cannot be read (Input/output error)" in said


def test_a_place_that_cannot_be_written_is_a_sentence(index, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CourseError, match="cannot be written .*: choose another --out"):
        bundling.main(["--out", str(tmp_path / "file" / "below"), "--platform", "linux-x86_64"])


@pytest.mark.parametrize("place", ["nowhere", "course"])
def test_what_is_no_bundle_is_a_sentence(laptop, made, place):
    assert "no finished bundle (it has no manifest.json)" in refused(laptop, made / place)


def test_an_intel_mac_hears_that_first(laptop, made, monkeypatch):
    monkeypatch.setattr(laptop, "machine_problem", lambda: "PyTorch has no build")
    assert refused(laptop, made) == "PyTorch has no build"


def test_models_that_cannot_be_made_stop_it(laptop, made, monkeypatch):
    monkeypatch.setattr(laptop, "fetch_models", lambda *tasks: False)
    with pytest.raises(laptop.Stop, match="Not all models"):
        laptop.set_up_from(made)
    assert "PIP_CONFIG_FILE" in os.environ and os.environ["PIP_FIND_LINKS"] != ""
