"""`sample(name)`: the path of a picture, sound or document that the course brings along.

They lie in the folder `samples`; CREDITS.md there says who made each of them and under which licence.
"""

from pathlib import Path

from .describing import describe
from .errors import CourseError

FOLDER = Path(__file__).with_name("samples")


def sample(name: str) -> Path:
    """The path of the file or folder `name`, such as "audio/jfk.flac" or "documents".

    Raises:
        CourseError: there is no such sample; the sentence names those that are near.
    """
    import difflib

    if not isinstance(name, str):
        raise CourseError(f'sample() expects the name of a file, such as "documents", but got {describe(name)}.')
    known = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*")}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name[:80], known, n=3, cutoff=0.4) or sorted(known)[:3]
    raise CourseError(f"sample() knows no file called {name[:80]!r}: did you mean {' or '.join(map(repr, near))}?")
