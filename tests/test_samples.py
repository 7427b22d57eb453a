"""The pictures, sounds and documents that the course brings along: found by name, credited, openly licensed."""

import re

import pytest

from course_utils import CourseError, sample
from course_utils.samples import FOLDER

FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())


def test_a_sample_is_found_by_its_name():
    assert len(FILES) > 10
    for name in FILES:
        assert sample(name).read_bytes()


@pytest.mark.parametrize("name", ["audio/nothing.flac", "", "../catalog.toml", "/etc/hostname", "x" * 10_000, None, 3])
def test_any_other_name_gets_one_sentence(name):
    with pytest.raises(CourseError) as caught:
        sample(name)
    assert "sample()" in str(caught.value) and len(str(caught.value)) < 400


def test_every_sample_is_credited():
    """By its name, or by the name of its folder."""
    credits = (FOLDER / "CREDITS.md").read_text(encoding="utf-8")
    for name in FILES:
        if name != "CREDITS.md":
            stem = re.sub(r"[_-]?\d*\.\w+$", "", name.split("/", 1)[1])
            assert f"{name.rsplit('/', 1)[0]}/" in credits or stem in credits, name


def test_the_samples_stay_small():
    assert sum((FOLDER / name).stat().st_size for name in FILES) < 2_500_000
