"""A built notebook for somebody who has no kernel: which pages there are, and their cells, links and formulas.

The web pages and the slides both begin here. Nothing is executed: what is shown was stored by the build.
"""

import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ...authoring.notebooks import NOTEBOOKS
from ...authoring.sources import select
from ...errors import CourseError

CREDITS = Path(__file__).parents[2] / "samples" / "CREDITS.md"
OURS = ".course-edition"  # in every folder that may be replaced
ROW = re.compile(r"(?m)^\| \[\S+ [^\]]+\]\(notebooks/(\S+)\.ipynb\)( \(deeper\))? \| (.+) \| ([\d.]+) \|$")
# A fenced block, a span of code, or a link, whose words may hold code: whichever begins first.
CODE_OR_LINK = re.compile(
    r"(?ms)^```.*?^```|`[^`\n]+`|(?<!!)\[(?P<words>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<link>[^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)"
)
BADGE = re.compile(r"\[!\[([^\]]*)\]\([^)]*\)\]\(([^)]*)\)")
# What a widget's stored text says, and what is true where there is no kernel.
CONTROLS = re.compile(r"Run this cell to get the controls: (.+)\.\s*")
BUTTONS = "Run this cell to answer by buttons."


@dataclass(frozen=True)
class Page:
    """One notebook of the course: where it is, and what the README says of it."""

    path: Path
    title: str
    goal: str = ""  # what you can do afterwards, Markdown
    hours: str = ""
    deeper: bool = False

    @property
    def stem(self) -> str:
        return self.path.stem

    @property
    def number(self) -> str:
        return self.stem.split("_")[0]

    def read(self):
        """The notebook; CourseError where it is none."""
        import nbformat

        try:
            return nbformat.reads(self.path.read_text("utf-8"), as_version=4)
        except (OSError, ValueError, nbformat.ValidationError) as problem:
            raise CourseError(f"{self.path.name} is no notebook: {problem}. Build it again.") from problem


def chosen_pages(names: Iterable[str] = (), notebooks: Path = NOTEBOOKS) -> list[Page]:
    """The notebooks with these names or numbers, all when none is named, in the order of the course.

    CourseError for a name that no notebook has, and for a notebook that was not built yet.
    """
    readme = notebooks.parent / "README.md"
    rows = ROW.findall(readme.read_text("utf-8")) if readme.exists() else []
    said = {stem: (goal, hours, bool(deeper)) for stem, deeper, goal, hours in rows}
    found = []
    for source in dict.fromkeys(select(names, notebooks)):
        path = notebooks / f"{source.stem}.ipynb"
        if not path.exists():
            raise CourseError(f"{path.name} is not built yet: run `python -m course_utils.build {source.stem}` first.")
        title = re.search(r"(?m)^# (.+)$", source.read_text("utf-8"))
        found.append(Page(path, title[1].strip() if title else source.stem, *said.get(source.stem, ())))
    return sorted(found, key=lambda page: page.stem)


def course_title(notebooks: Path = NOTEBOOKS) -> str:
    """What the README calls the course."""
    readme = notebooks.parent / "README.md"
    title = re.search(r"(?m)^# (.+)$", readme.read_text("utf-8")) if readme.exists() else None
    return title[1] if title else "Transformer models"


def relink(text: str, target: Callable[[str], str | None]) -> str:
    """Markdown with each relative link led to `target(link)`; where that is None, only its words stay."""

    def one(match) -> str:
        words, link = match["words"], match["link"]
        if link is None or re.match(r"[a-z]+:|#", link):
            return match[0]
        led = target(link)
        return words if led is None else f"[{words}]({led})"

    # The picture of a badge would come from elsewhere.
    return CODE_OR_LINK.sub(one, BADGE.sub(r"[\1](\2)", text))


def is_exercise(cell) -> bool:
    return cell.cell_type == "code" and cell.get("id", "").startswith("exercise-")


def shown_outputs(cell) -> list:
    """The stored outputs of a code cell that mean something without a kernel, as copies.

    The card *not attempted* below an exercise goes; a widget's *run this cell* says what the notebook has.
    """
    from copy import deepcopy

    if is_exercise(cell) or cell.get("id") == "setup":
        return []
    kept = []
    for output in deepcopy(cell.get("outputs", [])):
        data = output.get("data", {})
        data.pop("application/vnd.jupyter.widget-view+json", None)
        text = data.get("text/plain", "").strip()
        controls = CONTROLS.fullmatch(text)
        if controls or text == BUTTONS:
            what = f"has controls here: {controls[1]}" if controls else "has buttons here to answer with"
            data["text/html"] = f'<p class="in-the-notebook">The notebook {escape(what)}.</p>'
        elif re.match(r"\w*Box\(children=", text) and "text/html" not in data:
            continue  # the name of a widget in Python
        if output.output_type in ("execute_result", "display_data") and not data:
            continue
        kept.append(output)
    return kept


def mathml(tex: str, *, block: bool = False) -> str:
    """A formula as MathML, which every browser of today draws by itself; as code where docutils cannot read it."""
    from docutils.utils.math import MathError
    from docutils.utils.math.latex2mathml import tex2mathml

    plain = re.sub(r"\\[Bb]ig+[lrm]?(?=\W)", "", tex)  # sizes of brackets: docutils does not know them
    try:
        return tex2mathml(plain, as_block=block)
    except MathError:
        return f"<code>{escape(tex)}</code>"


def replace(folder: Path, out: Path) -> None:
    """Put a finished folder in the place of `out`; where that fails, as while a file is open, the old one stays whole.

    CourseError where `out` holds something that was not put there by this function: it would be lost.
    """
    if out.exists() and not (out / OURS).exists() and (out.is_file() or any(out.iterdir())):
        raise CourseError(f"{out} is there already and was not written by this command: choose another --out.")
    out.parent.mkdir(parents=True, exist_ok=True)
    draft, old = (out.with_name(f".{out.name}.{word}") for word in ("draft", "old"))
    for left in (draft, old):  # by a run that was interrupted
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(folder, draft)
    (draft / OURS).write_text("This folder is replaced by `course.py editions`.\n", "utf-8")
    if out.exists():
        out.rename(old)
    draft.rename(out)
    shutil.rmtree(old, ignore_errors=True)
