"""The editions: what the web pages and the slides say, from a small course whose outputs stand here."""

import re
import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils import CourseError
from course_utils.authoring.notebooks import METADATA
from course_utils.authoring.sources import digest
from course_utils.workshop import resetting
from course_utils.workshop.editions import command as editions
from course_utils.workshop.editions import fitting, reading, slides
from course_utils.workshop.editions.slide_text import bodies, brief, parts
from course_utils.workshop.editions.web import build_site

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
README = """\
# A small course

| notebook | what you can do afterwards | hours |
|---|---|---|
| [06 Attention](notebooks/06_attention.ipynb) | weigh `words` | 1.5 |
| [06b Deeper](notebooks/06b_deeper.ipynb) (deeper) | weigh more | 2 |
"""
FIRST = """\
# Attention

[![Open in Colab](https://elsewhere.invalid/badge.svg)](https://elsewhere.invalid/06)
[Glossary](glossary.md)

Who looks at whom? See [06b, the `end`](06b_deeper.ipynb#The-end), [a recipe](../recipes/README.md)
and `[code](06b_deeper.ipynb)`.
"""
SECOND = """\
## 1. Scores

A long story begins here. It goes on for a while. **Guess:** which word is *largest*? It is $\\frac{a}{b}$.

$$\\Big(\\frac{a}{b}\\Big)$$"""
EXERCISE = "### Exercise 6.10: Attention of one text\n\n*8 minutes · easy*\n\nWrite `attend`.\n\n- one\n- two"
CARD = '<div role="status">Exercise 6.10: not attempted <a href="06b_deeper.ipynb#The-end">again</a></div>'
FIGURE = (
    f'<figure><img alt="A picture." src="data:image/png;base64,{PIXEL}"><details><summary>The same as a table</summary>'
    "<table><tr><td>folded</td></tr></table></details></figure>"
)
TABLE = (
    "<table><caption>Read again</caption><tr><th>where</th></tr>"
    '<tr><td><a href="06b_deeper.ipynb#The-end">end</a></td></tr></table>'
)


def shown(**data):
    return new_output("execute_result", data={name.replace("_", "/"): text for name, text in data.items()})


def printed(text):
    return new_output("stream", name="stdout", text=text)


def code(source, *outputs, id="abc", **metadata):
    return new_code_cell(source, outputs=list(outputs), id=id, metadata=metadata)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A course of two notebooks, with everything in it that a stored page can have."""
    folder = tmp_path_factory.mktemp("course")
    source = folder / "notebooks" / "source"
    source.mkdir(parents=True)
    (folder / "README.md").write_text(README, "utf-8")
    (folder / "pyproject.toml").write_text("[tool.course]\n", "utf-8")
    glossary = "# Glossary\n\nAll terms.\n\n**score**: A number. [06, 1](06_attention.ipynb#1.-Scores)\n"
    (folder / "notebooks" / "glossary.md").write_text(glossary, "utf-8")
    cells = [
        new_markdown_cell(FIRST),
        code("setup()", id="setup"),
        new_markdown_cell(SECOND),
        code("picture()", shown(text_html=FIGURE, text_plain="[picture]"), id="p1"),
        code(
            "try_it(look)",
            shown(text_html=FIGURE, text_plain="[picture]"),
            new_output("display_data", data={"text/plain": "Run this cell to get the controls: word, <b>."}),
            new_output("display_data", data={"text/plain": "VBox(children=(Text(value='x'),))"}),
            id="p2",
        ),
        code("print(text)", printed("<script>alert(1)</script>\n"), id="p3"),
        code("again()", shown(text_html=TABLE, text_plain="again"), id="p4"),
        new_markdown_cell(EXERCISE),
        code('check("6.10", ...)', shown(text_html=CARD, text_plain="not attempted"), id="exercise-6-10"),
        new_markdown_cell("### A quiz"),
        code('quiz("Checkpoints")', shown(text_plain="10.2 Fixed weights"), id="p5", questions=["10.2"]),
    ]
    deeper = [new_markdown_cell("# Deeper\n\n## The end\n\nSee [06](06_attention.ipynb#1.-Scores).")]
    for name, title, made in (("06_attention", "Attention", cells), ("06b_deeper", "Deeper", deeper)):
        (source / f"{name}.md").write_text(f"# {title}\n", "utf-8")
        nbformat.write(new_notebook(cells=made, metadata=METADATA), folder / "notebooks" / f"{name}.ipynb")
    return folder


@pytest.fixture(scope="module")
def site(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "web"
    assert build_site(folder, [], root / "notebooks") == []  # Sphinx warns of nothing
    return {path.name: path.read_text("utf-8") for path in folder.glob("*.html")}


@pytest.fixture(scope="module")
def deck(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "slides"
    assert slides.build_slides(folder, ["06"], root / "notebooks") > 5
    return (folder / "06_attention.html").read_text("utf-8")


# --- the web pages ---------------------------------------------------------------------------------------


def test_every_page_is_there_and_the_tracks_are_told_apart(site):
    names = ("index", "06_attention", "06b_deeper", "glossary", "credits", "search")
    assert set(site) == {f"{name}.html" for name in names}
    core, deeper = site["index.html"].split(">Deeper<a", 1)
    assert "06 Attention" in core and "weigh <code" in core and "1.5" in core
    assert "06b Deeper" in deeper.split("</table>")[0]
    menu = re.findall(r'caption-text">(\w+)<', site["06_attention.html"])
    assert menu == ["Core", "Deeper", "More"]


def test_a_page_says_where_its_cells_run(site):
    page = site["06_attention.html"]
    text = re.sub(r"<[^>]+>", "", page)
    assert "notebooks/06_attention.ipynb" in text and "python3 course.py open" in text
    assert "setup()" not in page
    assert "The notebook has controls here: word, &lt;b&gt;." in page and "Run this cell" not in page
    assert "VBox" not in page and "not attempted" not in page
    assert "Exercise 6.10" in page and "exercise" in page


def test_nothing_comes_from_elsewhere_and_nothing_printed_is_taken_for_html(site):
    for name, page in site.items():
        sources = re.findall(r"""<(?:script|img|link|iframe|source)\b[^>]*?(?:src|href)=["']([^"']+)""", page)
        assert [url for url in sources if re.match(r"(?:https?:)?//", url)] == [], name
    assert "<script>alert(1)" not in site["06_attention.html"] and "&lt;script&gt;alert(1)" in site["06_attention.html"]
    assert "elsewhere.invalid/badge.svg" not in site["06_attention.html"]


def test_links_lead_to_sections_of_the_site(site):
    page = site["06_attention.html"]
    assert 'id="the-end"' in site["06b_deeper.html"]
    assert page.count('href="06b_deeper.html#the-end"') == 2  # in the text, and in a stored table
    assert 'href="06_attention.html#scores"' in site["glossary.html"] and 'id="scores"' in page
    assert "a recipe" in page and "recipes/README" not in page
    assert "[code](06b_deeper.ipynb)" in page


def test_formulas_need_no_script(site):
    assert site["06_attention.html"].count("<mfrac>") == 2 and "MathJax" not in site["06_attention.html"]
    assert reading.mathml(r"\unknown{x} < 1") == "<code>\\unknown{x} &lt; 1</code>"


def test_of_some_pages_the_links_to_others_are_words(root, tmp_path):
    build_site(tmp_path / "web", ["06b"], root / "notebooks")
    page = (tmp_path / "web" / "06b_deeper.html").read_text("utf-8")
    assert "See 06." in page and not (tmp_path / "web" / "06_attention.html").exists()
    assert list(tmp_path.iterdir()) == [tmp_path / "web"]


# --- the slides ------------------------------------------------------------------------------------------


def test_a_column_for_each_section_and_the_text_in_the_notes(deck):
    bare = re.sub(r'(?s)<aside class="notes">.*?</aside>', "", deck)
    columns = re.findall(r"(?s)<section>(<section>.*?</section>)</section>", deck)
    assert len(columns) == 2 and ">Attention<" in columns[0] and ">1. Scores<" in columns[1]
    assert "A long story begins here. It goes on for a while." in bare
    assert '<p class="ask"><strong>Guess:</strong> which word is <em>largest</em>?' in bare
    assert "A long story" in deck.split('<aside class="notes">')[2]
    assert bare.count("<img") == 2 and bare.count('alt="A picture."') == 2 and "folded" not in bare
    assert "&lt;script&gt;alert(1)" in bare and "VBox" not in bare and "recipes" not in bare
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//(?!elsewhere.invalid/06)""", deck)


def test_an_exercise_has_its_text_and_no_answer(deck):
    exercise = next(s for s in re.findall(r"(?s)<section>.*?</section>", deck) if "Exercise 6.10" in s)
    assert 'class="slide exercise"' in exercise and "8 minutes" in exercise and "<li>" in exercise
    assert "check(" not in deck and "not attempted" not in deck
    question = next(s for s in re.findall(r"(?s)<section>.*?</section>", deck) if "10.2: Fixed weights" in s)
    assert question.count("<li>") >= 3 and "Glossary" not in deck


def test_sentences_are_cut_between_and_never_inside():
    assert fitting.sentences("One **Guess: what? Then run.** Two. `a. B`! See *this. That*. End") == [
        *("One **Guess: what? Then run.** Two.", "`a. B`!", "See *this. That*.", "End")
    ]
    assert fitting.lead("A b c. D e f. G h i.", 13) == "A b c. D e f."
    assert fitting.lead("A very long first sentence. B.", 3) == "A very long first sentence."
    assert fitting.ask("Look. **Guess:** which? It is odd.") == "**Guess:** which? It is odd."
    assert fitting.ask("Is it? No.") == "" and fitting.ask("It is.\nIs it?") == "Is it?"
    assert brief(["Look at it.\nHow large?"]) == ["Look at it.", "How large?"]


@pytest.mark.parametrize(
    "text", ["x", "\n".join("abc" * 9 for _ in range(60)), "y" * 9_000, "z" * 110 + "\n" * 14 + "end"]
)
def test_code_keeps_a_size_that_can_be_read(text):
    block = fitting.fit_lines(text, 300)
    assert block.size >= 20 and block.height <= 300 or block.left_out == 0 and len(block.text) < len(text)
    assert block.text.splitlines()[0][:50] == text.splitlines()[0][:50]


def test_a_table_says_what_it_left_out():
    table = "<table><caption>c</caption>" + "<tr><td>a</td><td>b</td></tr>" * 40 + "</table>"
    html = fitting.fit_table(table, 400)
    kept = html.count("<tr>")
    assert 5 < kept < 12 and f"… {40 - kept} more rows in the notebook" in html
    assert "more" not in fitting.fit_table("<table><tr><td>a</td></tr></table>", 400)


def test_a_long_exercise_goes_on_with_a_second_slide():
    part = parts("### Exercise 1.1\n\n" + "\n\n".join(["word " * 60 + "end."] * 6))[0]
    made = bodies(part.blocks, 490, whole=True)
    assert len(made) > 1 and "".join(made).count("end.") == 6
    sizes = [int(size) for body in made for size in re.findall(r"font-size:(\d+)px", body)]
    assert min(sizes) >= 20


# --- the command -----------------------------------------------------------------------------------------


def test_the_slides_by_the_command(root, tmp_path, capsys):
    assert editions.main(["slides", "06b", "--out", str(tmp_path / "out")], root=root) == 0
    assert {path.name for path in (tmp_path / "out" / "slides").iterdir()} == {
        *("06b_deeper.html", "index.html", "deck.css", "CREDITS.md", "reveal", ".course-edition")
    }
    assert re.search(r"slides: .*slides \(\d\.\d MB, \d+ s\)", capsys.readouterr().out)


@pytest.mark.parametrize("place", ["notebooks", "notebooks/solved", "course_utils/x", "."])
def test_editions_never_lie_in_the_course(root, place):
    with pytest.raises(CourseError, match="lies in"):
        editions.main(["solutions", "--out", str(root / place)], root=root)


def test_a_folder_of_somebody_else_is_never_replaced(root, tmp_path):
    mine = tmp_path / "slides" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("years of work")
    with pytest.raises(CourseError, match="was not written by this command"):
        editions.main(["slides", "06b", "--out", str(tmp_path)], root=root)
    assert mine.read_text() == "years of work"
    mine.unlink()
    for _ in range(2):  # an empty folder is filled, and our own is replaced
        assert editions.main(["slides", "06b", "--out", str(tmp_path)], root=root) == 0
    assert list(tmp_path.iterdir()) == [tmp_path / "slides"]


def test_what_cannot_be_replaced_stays_whole(root, tmp_path, monkeypatch):
    assert editions.main(["slides", "06b", "--out", str(tmp_path)], root=root) == 0
    before = {path: path.read_bytes() for path in (tmp_path / "slides").rglob("*") if path.is_file()}

    def held(*_):  # as Windows does while a file in it is open
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", held)
        with pytest.raises(CourseError, match="cannot be written"):
            editions.main(["slides", "06b", "--out", str(tmp_path)], root=root)
    assert {path: path.read_bytes() for path in before} == before
    assert editions.main(["slides", "06b", "--out", str(tmp_path)], root=root) == 0
    assert list(tmp_path.iterdir()) == [tmp_path / "slides"]


def test_a_place_that_cannot_be_written_is_said(root, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CourseError, match="cannot be written"):
        editions.main(["slides", "06b", "--out", str(tmp_path / "file" / "below")], root=root)


def test_what_cannot_be_read_is_said_in_a_sentence(root, tmp_path):
    with pytest.raises(CourseError, match="called '99'"):
        editions.main(["web", "99", "--out", str(tmp_path)], root=root)
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    (copy / "notebooks" / "06_attention.ipynb").write_text("{", "utf-8")
    (copy / "notebooks" / "06b_deeper.ipynb").unlink()
    with pytest.raises(CourseError, match="06_attention.ipynb is no notebook"):
        slides.build_slides(tmp_path / "s", ["06"], copy / "notebooks")
    with pytest.raises(CourseError, match="06b_deeper.ipynb is not built yet"):
        slides.build_slides(tmp_path / "s", [], copy / "notebooks")
    (copy / "notebooks" / "06_attention.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4}', "utf-8")
    with pytest.raises(CourseError, match="06_attention.ipynb should begin with its title"):
        build_site(tmp_path / "s", ["06"], copy / "notebooks")
    (tmp_path / "file").write_text("x")
    with pytest.raises(CourseError, match="is a file"):
        editions.main(["web", "--out", str(tmp_path / "file")], root=copy)
    assert not (tmp_path / "s").exists()


def test_the_learners_copy_has_the_course_and_nobodys_answers(root, tmp_path, monkeypatch):
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    monkeypatch.setattr(resetting, "KEPT", tmp_path / "nothing")
    for path in ("secret.txt", "notebooks/secret.ipynb", "course_utils/__pycache__/old.pyc", "docs/picture.svg"):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text("mine")
    with zipfile.ZipFile(editions.pack(tmp_path / "out" / "learner.zip", copy)) as archive:
        names = {name.removeprefix("transformers-course/") for name in archive.namelist() if not name.endswith("/")}
        page = archive.read("transformers-course/notebooks/06_attention.ipynb").decode()
    sources = {f"notebooks/source/{stem}.md" for stem in ("06_attention", "06b_deeper")}
    assert names == sources | {
        *("README.md", "pyproject.toml", "docs/picture.svg", "notebooks/glossary.md"),
        *("notebooks/06_attention.ipynb", "notebooks/06b_deeper.ipynb"),
    }
    assert "try_it(look)" in (copy / "notebooks" / "06_attention.ipynb").read_text("utf-8")
    assert "try_it(look)" not in page and "Attention" in page, "as its source has it"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["learner.zip"]


def test_a_notebook_that_was_changed_is_named(root, tmp_path, capsys):
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    path = copy / "notebooks" / "06b_deeper.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["course"] = {"digest": digest(notebook)}
    nbformat.write(notebook, path)
    assert editions.changed([], copy / "notebooks") == ["06_attention"]
    assert editions.main(["slides", "06", "--out", str(tmp_path / "out")], root=copy) == 0
    assert "06_attention.ipynb was changed here, and is shown as it is" in capsys.readouterr().out
