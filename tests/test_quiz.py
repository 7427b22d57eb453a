"""The quiz as a whole, and `scores()`, which sends the learner back to the sections.

That each question tells right from wrong is what test_exercises.py shows of every record.
"""

import html
import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from course_utils.authoring import rules
from course_utils.exercises import Choice, all_exercises, check, hint, quiz_scores, scores
from course_utils.exercises import progress_store as store

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
QUIZ = [record for record in all_exercises() if getattr(record, "topic", "")]
SINGLE = [record for record in QUIZ if not record.several]
SEVERAL = [record for record in QUIZ if record.several]


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """The progress file of this test."""
    monkeypatch.setattr(store, "_unsaved", {})
    monkeypatch.setattr(store, "_said", set())
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    path = tmp_path / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    return path


def each(questions):
    return pytest.mark.parametrize("record", questions, ids=lambda record: record.id)


# --- each question ----------------------------------------------------------------------------------------


@each(QUIZ)
def test_a_question_is_short_and_says_where_to_read_again(record):
    text = re.sub(r"(?ms)^```.*?^```", "", record.question)
    words = re.findall(r"\w[\w'’.,-]*", " ".join([text, *(option.text for option in record.options.values())]))
    assert len(words) <= 55
    assert 3 <= len(record.options) <= 4 and record.topic and record.section
    for option in record.options.values():
        assert 1 <= len(re.findall(r"[.!?](?=\s|$)", re.sub(r"`[^`]*`", "x", option.explanation))) <= 2


# --- the whole quiz ---------------------------------------------------------------------------------------


def test_it_has_enough_questions_of_both_kinds():
    assert len(QUIZ) >= 32 and len(SEVERAL) >= 6
    questions = [record.question for record in QUIZ]
    assert len(set(questions)) == len(questions)


def test_the_right_letters_are_spread():
    for letter in "abcd":
        assert 0.15 <= sum(record.right == (letter,) for record in SINGLE) / len(SINGLE) <= 0.35
        assert 0.25 <= sum(letter in record.right for record in SEVERAL) / len(SEVERAL) <= 0.75
    runs = [a.right == b.right == c.right for a, b, c in zip(QUIZ, QUIZ[1:], QUIZ[2:], strict=False)]
    assert not any(runs), "three times the same letter"


def test_length_does_not_give_the_answer_away():
    def place(record, letter):  # 0: the longest
        lengths = {key: len(option.text) for key, option in record.options.items()}
        return sorted(lengths.values(), reverse=True).index(lengths[letter])

    longest = [place(record, record.right[0]) == 0 for record in SINGLE]
    shortest = [place(record, record.right[0]) == len(record.options) - 1 for record in SINGLE]
    assert sum(longest) <= len(SINGLE) / 2 and sum(shortest) <= len(SINGLE) / 2
    for record in QUIZ:
        lengths = sorted(len(option.text) for option in record.options.values())
        assert lengths[-1] - lengths[0] <= 25 and lengths[-1] <= 60, record.id


@cache
def anchors(notebook: str) -> list[str]:
    return rules.anchors(nbformat.read(NOTEBOOKS / notebook, as_version=4))


@each(QUIZ)
def test_its_link_is_alive(record):
    file, _, anchor = unquote(quiz_scores.link(record.section)).partition("#")
    assert re.fullmatch(r"\d\d[a-z]?_\w+\.ipynb", file), "a relative link"
    assert (NOTEBOOKS / file).exists()
    assert not anchor or anchors(file).count(anchor) == 1


# --- scores -----------------------------------------------------------------------------------------------


def counts(shown) -> dict[str, tuple]:
    return {row.topic: row.counts for row in (*shown.rows, shown.total)}


def links(shown) -> list[str]:
    return [html.unescape(link) for link in re.findall(r'href="([^"]*)"', shown.html())]


def test_scores_of_a_quiz_not_begun(file):
    shown = scores()
    assert counts(shown)["All topics"] == (len(QUIZ), 0, 0, len(QUIZ))
    assert links(shown) == [] and "Read this again" not in str(shown)
    assert str(shown).startswith(f"Quiz: 0 of {len(QUIZ)} right, 0 of them at the first try\n")
    assert not file.exists(), "looking writes nothing"


def test_scores_of_some(file):
    first, second, third = [record for record in QUIZ if record.topic == "Attention"]
    check(first.id, first.right)
    check(second.id, "nonsense")
    check(third.id, next(letter for letter in third.options if letter not in third.right))
    assert counts(scores())["Attention"] == (3, 1, 1, 0)
    assert links(scores()) == [quiz_scores.link(second.section), quiz_scores.link(third.section)]
    check(third.id, third.right)
    shown = scores()
    assert counts(shown)["Attention"] == (3, 2, 1, 0), "right, but not at the first try"
    assert counts(shown)["All topics"] == (len(QUIZ), 2, 1, len(QUIZ) - 3)
    assert links(shown) == [quiz_scores.link(second.section), quiz_scores.link(third.section)]
    assert f"  {quiz_scores.title(second.section)}: {second.id} {second.title} (not right yet)\n" in str(shown)
    assert f"{third.id} {third.title} (right, but not at the first try)" in str(shown)


def test_a_hint_is_no_try_and_later_answers_change_nothing():
    record = SINGLE[0]
    hint(record.id)
    assert counts(scores())[record.topic][3] == sum(other.topic == record.topic for other in QUIZ)
    check(record.id, record.right)
    check(record.id, "nonsense")
    check(record.id, record.right)
    assert counts(scores())["All topics"] == (len(QUIZ), 1, 1, len(QUIZ) - 1)


def test_scores_of_all():
    for record in QUIZ:
        check(record.id, record.right)
    shown = scores()
    assert counts(shown)["All topics"] == (len(QUIZ), len(QUIZ), len(QUIZ), 0)
    assert all(row.questions == row.right == row.first >= 2 for row in shown.rows) and links(shown) == []


def test_what_to_read_again_comes_in_the_order_of_the_course():
    for record in reversed(QUIZ):
        check(record.id, "nonsense")
    notebooks = [link.split("_")[0] for link in links(scores())]
    assert notebooks == sorted(notebooks) and len(set(notebooks)) > 8


def test_a_section_is_named_once():
    same = [record for record in QUIZ if record.section == "05_architectures.ipynb#8. Choosing in 2026"]
    assert len(same) > 1
    for record in same:
        check(record.id, 5)
    assert links(scores()) == ["05_architectures.ipynb#8.-Choosing-in-2026"]


def test_the_table_can_be_read_by_anyone():
    for record in QUIZ:
        check(record.id, 5)
    shown = scores()
    table = shown.html()
    assert table.count('scope="col"') == 5 and table.count('scope="row"') == len(shown.rows) + 1
    assert "<caption" in table and "All topics" in table and not re.search(r"<(script|svg|style)| id=", table)
    words = re.findall(r"\w+", html.unescape(re.sub(r"<[^>]+>", " ", table)))
    assert set(re.findall(r"\w+", str(shown))) <= set(words), "both forms say the same"
    assert ">Notebook 06c: 6. Cutting heads, alone and in teams</a>" in table, "a link says where it leads"


def test_what_it_shows_is_escaped(monkeypatch):
    record = replace(QUIZ[0], topic="<i>t</i>", section='00_x.ipynb#"<b>')
    monkeypatch.setattr(quiz_scores, "all_exercises", lambda: (record,))
    check(record.id, 5)
    shown = scores().html()
    assert "&lt;i&gt;t" in shown and "<i>" not in shown and "<b>" not in shown
    assert links(scores()) == ["00_x.ipynb#%22%3Cb%3E"]


def test_a_broken_file_is_kept_aside_and_said(file):
    file.write_text('{"version": 1, "exercises"', "utf-8")
    shown = scores()
    assert "kept as progress.broken-1.json" in str(shown) and "kept as progress.broken-1.json" in shown.html()
    assert counts(shown)["All topics"] == (len(QUIZ), 0, 0, len(QUIZ))


def test_where_nothing_can_be_read_the_table_comes_all_the_same(monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", os.devnull)
    assert counts(scores())["All topics"] == (len(QUIZ), 0, 0, len(QUIZ))


def test_records_that_cannot_be_read_are_said(monkeypatch):
    def broken():
        raise quiz_scores.CourseError("ch90.py gives no EXERCISES")

    monkeypatch.setattr(quiz_scores, "all_exercises", broken)
    assert str(scores()) == "Scores: not available\nch90.py gives no EXERCISES"


def test_only_the_quiz_counts():
    assert {record.topic for record in all_exercises() if isinstance(record, Choice)} == {*{r.topic for r in QUIZ}, ""}
