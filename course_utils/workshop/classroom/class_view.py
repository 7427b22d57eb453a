"""The page of the class as HTML: whole without a script; with one it takes over what is new every few seconds.

The words stand in the templates `class_page.html` and `class_part.html`, which Jinja fills and escapes. Labels are left
out of the page, not only hidden, unless they are asked for.
"""

import time
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from ...describing import shorten
from ...exercises.display import clean, unmarked
from ...pictures.style import ACCENT, INK, MUTED, PALE, PAPER
from .class_state import Class

ALL = "all"  # in place of a chapter
SECONDS = 3  # between two looks of the page
MOST_WAITING = 15
MOST_TROUBLES = 50
_COLOURS = f"""
:root {{ --ink: {INK}; --muted: {MUTED}; --line: {PALE}; --paper: {PAPER}; --accent: {ACCENT}; --soft: #eef3f8 }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e8ecf1; --muted: #aab4c0; --line: #3a4450; --paper: #14191f; --accent: #7cc4ee; --soft: #1e262f }}
}}
"""


def page(state: Class, chapter: str, labels: bool, folder: str, nonce: str) -> str:
    """The whole page; `nonce` marks the style and the script that are ours."""
    here = Path(__file__)
    files = {
        "style": _COLOURS + here.with_name("class_page.css").read_text("utf-8"),
        "script": here.with_name("class_page.js").read_text("utf-8").replace("SECONDS", str(SECONDS)),
    }
    values = _values(state, chapter, labels, folder)
    return _template("class_page.html").render(**values, **files, nonce=nonce, seconds=SECONDS)


def part(state: Class, chapter: str, labels: bool, folder: str) -> str:
    """What is renewed. `chapter` may be ALL, or "" for the one in which the class works."""
    return _template("class_part.html").render(**_values(state, chapter, labels, folder))


@cache
def _template(name: str):
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).parent, encoding="utf-8")
    jinja = Environment(autoescape=True, loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    jinja.filters |= {"words": _words, "short": _short, "share": _share}
    return jinja.get_template(name)


def _values(state: Class, chapter: str, labels: bool, folder: str) -> dict:
    """What the templates use."""
    known = state.chapters()
    if chapter not in known:
        chapter = ALL if chapter == ALL else state.busiest() or ALL
    lines = [] if chapter == ALL else state.lines(chapter)
    troubles = [*state.troubles]
    if other := state.other_editions:
        troubles.append((f"learners with another version of the course: {other}", "their mistakes are not told"))
    return {
        "ALL": ALL,
        "MOST_WAITING": MOST_WAITING,
        "MOST_TROUBLES": MOST_TROUBLES,
        "address": _address,
        "changed": time.strftime("%H:%M:%S", time.localtime(state.changed)),
        "chapter": chapter,
        "folder": folder,
        "known": known,
        "labels": labels,
        "lines": lines,
        "overview": [_chapter(state, name) for name in known] if chapter == ALL else [],
        "state": state,
        "troubles": troubles,
        "waiting": sorted((one for line in lines for one in line.waiting), key=lambda one: -one.minutes),
        "worst": max(lines, key=lambda line: (line.unsolved, len(line.waiting)), default=None),
    }


def _chapter(state: Class, chapter: str) -> dict:
    lines = state.lines(chapter)
    began = sum(any(id.split(".")[0] == chapter for id in learner.seen) for learner in state.learners)
    return {
        "chapter": chapter,
        "began": began,
        "all": began * len(lines),
        "solved": sum(line.solved for line in lines),
        "unsolved": sum(line.unsolved for line in lines),
        "waiting": sum(len(line.waiting) for line in lines),
        "worst": max(lines, key=lambda line: line.unsolved),
    }


def _words(text: str) -> str:
    """The course's own text without its marks: backticks for code, stars for emphasis."""
    return clean(unmarked(text).replace("`", ""))


def _short(text: str) -> str:
    """A name that somebody chose, of a file or of herself."""
    return clean(shorten(text, 60))


def _share(number: int, everybody: int) -> str:
    return f"{100 * number / max(everybody, 1):.1f}"


def _address(chapter: str, labels: bool) -> str:
    return "?" + urlencode({"chapter": chapter} | ({"labels": "1"} if labels else {}))
