"""The glossary is in order, every link of it leads to a section, and every notebook links to it."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course_utils.authoring import rules

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
GLOSSARY = (NOTEBOOKS / "glossary.md").read_text("utf-8")
ENTRIES = dict(re.findall(r"(?ms)^\*\*(.+?)\*\*: (.+?)$(?=\n\n|\n?\Z)", GLOSSARY))
LINK = r"\]\(([^)\s#]+\.ipynb)(?:#([^)\s]+))?\)"


def key(term: str) -> str:
    """What a term is sorted by: its letters and digits."""
    return re.sub(r"[^a-z0-9]", "", term.lower())


@cache
def anchors(name: str) -> list[str]:
    return rules.anchors(nbformat.read(NOTEBOOKS / name, as_version=4))


def test_terms_are_sorted_and_unique():
    terms = [key(term) for term in re.findall(r"(?m)^\*\*(.+?)\*\*", GLOSSARY)]
    assert terms == sorted(set(terms))
    assert len(terms) == len(ENTRIES) >= 80


def test_every_term_stands_under_its_letter():
    parts = re.split(r"(?m)^## (.)\n", GLOSSARY)[1:]
    for letter, text in zip(parts[::2], parts[1::2], strict=True):
        terms = re.findall(r"(?m)^\*\*(.+?)\*\*", text)
        assert terms and {key(term)[0] for term in terms} == {letter.lower()}


@pytest.mark.parametrize("term", ENTRIES)
def test_a_term_is_explained_and_its_section_exists(term):
    assert len(re.sub(r"\[[^]]*\]\([^)]*\)", "", ENTRIES[term]).split()) >= 4
    links = re.findall(LINK, ENTRIES[term])
    assert links
    for name, anchor in links:
        assert (NOTEBOOKS / name).exists()
        if anchor:  # a heading that comes twice would lead to the first
            assert anchors(name).count(unquote(anchor)) == 1, f"{anchor} in {name}: {anchors(name)}"


def test_no_link_is_dead():
    assert rules.dead_links(new_notebook(cells=[new_markdown_cell(GLOSSARY)]), NOTEBOOKS, ROOT) == []


@pytest.mark.parametrize("name", sorted(path.name for path in NOTEBOOKS.glob("*.ipynb")))
def test_every_notebook_links_to_the_glossary(name):
    first = nbformat.read(NOTEBOOKS / name, as_version=4).cells[0].source
    assert "](glossary.md)" in first
