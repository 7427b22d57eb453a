"""`quiz("topic")`: the stored questions, the live ones, what a check says, and the same in a real JupyterLab."""

import html
import re
from pathlib import Path

import lab as jupyter
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_utils.authoring.notebooks import METADATA, clean, execute
from course_utils.errors import CourseError
from course_utils.exercises import Choice, all_exercises, quiz, quiz_form
from course_utils.exercises import progress_store as store
from course_utils.exercises.quiz_form import Question, Questions, plain_label

RECORDS = {record.id: record for record in all_exercises() if isinstance(record, Choice)}
TOPICS = dict.fromkeys(record.topic for record in RECORDS.values() if record.topic)
ONE, SEVERAL = RECORDS["10.2"], RECORDS["10.3"]
ARTIFACTS = Path(__file__).parent / "artifacts"


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_unsaved", {})
    monkeypatch.setattr(store, "_said", set())
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))


def words(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def squeezed(text: str) -> str:
    """Without marks and spaces, which differ between the two forms."""
    return re.sub(r"[\s`*]", "", text)


def choose(question: Question, letters) -> None:
    if question.record.several:
        for letter, box in question.controls.items():
            box.value = letter in letters
    else:
        question.controls["choice"].value = letters[0]


def tries(record: Choice) -> int:
    return store.read()[0].get(record.id, {}).get("tries", 0)


@pytest.mark.parametrize("topic", TOPICS)
def test_the_stored_form_has_every_question_and_choice_and_no_answer(topic):
    shown = Questions(quiz(topic).records)
    for text in (shown.plain(), words(shown.html())):
        for record in shown.records:
            assert record.title in text
            for option in record.options.values():
                assert squeezed(plain_label(option.text)) in squeezed(text)
                assert squeezed(option.explanation) not in squeezed(text)
        ways = re.findall(r'check\("([\d.]+)", "(a|a, b)"\)', text)
        assert ways and all(RECORDS[id].several == (letters == "a, b") for id, letters in ways)
    assert not re.search(r"<(script|svg|style|input)| id=", shown.html())


@pytest.mark.parametrize("record", RECORDS.values(), ids=lambda record: record.id)
def test_every_choice_is_explained_after_a_check(record):
    question = Question(record)
    choose(question, record.right)
    question.button.click()
    assert question.said.status == "correct" and tries(record) == 1
    seen = words(question._verdict.value).replace("`", "")
    for letter, option in record.options.items():
        verdict = "right" if option.correct else "not right"
        explained = re.sub(r"(?<!\w)\*|\*(?!\w)|`", "", option.explanation)
        assert f"{letter}: {verdict}." in seen and " ".join(explained.split())[:20] in seen
    assert "<details open>" in question._verdict.value


def test_choosing_is_no_try_and_pressing_is_one():
    question = Question(ONE)
    for letter in ONE.options:
        choose(question, letter)
    assert tries(ONE) == 0
    wrong = next(letter for letter in ONE.options if letter not in ONE.right)
    choose(question, wrong)
    question.button.click()
    assert question.said.status == "not yet" and tries(ONE) == 1
    assert "<details >" in question._verdict.value, "the other reasons are folded"
    question.help.click()
    assert ONE.hints[0][:20] in question._hint.value and tries(ONE) == 1
    assert "not yet" in question._verdict.value and "Need help?" not in question._verdict.value, "the verdict stays"


def test_nothing_chosen_is_said_and_counts_nothing():
    for record in (ONE, SEVERAL):
        question = Question(record)
        question.button.click()
        assert "Nothing chosen yet" in question._verdict.value and tries(record) == 0


def test_several_choices_are_judged_together():
    question = Question(SEVERAL)
    choose(question, SEVERAL.right[:1])
    question.button.click()
    assert "You have 1 of the 2 right choices; 1 missing." in question._verdict.value
    choose(question, SEVERAL.right)
    question.button.click()
    assert question.said.status == "correct" and tries(SEVERAL) == 2


def test_who_comes_back_is_told_what_was_right_before():
    assert "answered this question before" not in str(Question(ONE).box.children[0].value)
    first = Question(ONE)
    choose(first, ONE.right)
    first.button.click()
    assert "answered this question before" in Question(ONE).box.children[0].value


@pytest.mark.parametrize("odd", [None, 5, "", " ", "Nonsense", "10.1", ["Attention"], "<b>", "x" * 500])
def test_what_is_no_topic_gets_a_sentence_with_all_of_them(odd):
    said = str(quiz(odd))
    assert said.startswith("Quiz: no such topic") and all(f'"{topic}"' in said for topic in TOPICS) and len(said) < 450
    assert "<b>" not in quiz(odd).html()


def test_a_topic_in_any_case_and_a_single_question():
    assert quiz(" attention ").records == quiz("Attention").records
    assert [record.id for record in quiz("6.9").records] == ["6.9"]


def test_records_that_cannot_be_read_are_said(monkeypatch):
    def broken():
        raise CourseError("e9_x.py gives no EXERCISE")

    monkeypatch.setattr(quiz_form, "all_exercises", broken)
    assert str(quiz("Attention")) == "Quiz: not available\ne9_x.py gives no EXERCISE"


def test_printed_it_is_the_stored_form():
    assert str(quiz("Attention")) == Questions(quiz("Attention").records).plain()


def test_a_question_from_an_author_is_escaped():
    odd = Choice(
        **{
            name: getattr(ONE, name)
            for name in ("id", "minutes", "difficulty", "options", "hints", "topic", "section", "context")
        },
        title="<i>t",
        question="<script>x</script>\n\n```python\na < b\n```",
    )
    for text in (Questions((odd,)).html(), Question(odd).box.children[0].value):
        assert "<script" not in text and "<i>" not in text and "a &lt; b</pre>" in text


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("quiz")
    notebook = new_notebook(
        cells=[new_code_cell('from course_utils import quiz\n\nquiz("Checkpoints")')], metadata=METADATA
    )
    nbformat.write(notebook, folder / "live.ipynb")
    execute(notebook)
    nbformat.write(clean(notebook), folder / "stored.ipynb")
    with jupyter.jupyterlab(folder, tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.mark.browser
def test_a_page_that_was_only_opened_shows_the_questions(page):
    page.open("stored.ipynb")
    text = page.cells.first.inner_text()
    assert ONE.title in text and "Run this cell to answer by buttons." in text and 'check("10.2", "a")' in text


@pytest.mark.browser
def test_by_mouse_and_by_keyboard(page):
    page.open("live.ipynb")
    page.run_all()
    cell, keys = page.cells.first, page.page.keyboard
    wrong, right = cell.get_by_role("radio", name="b. v1.0"), cell.get_by_role("radio", name="c. 714eb0f")
    wrong.wait_for(timeout=20_000)
    # Seen once: the stored form steps aside for the live one.
    assert cell.get_by_text(ONE.title).locator("visible=true").count() == 1
    wrong.click()
    cell.get_by_role("button", name="Check 10.2").click()
    page.wait(lambda: "Exercise 10.2: not yet" in cell.inner_text(), "the mouse got no answer")
    wrong.focus()
    keys.press("Tab")
    keys.press("Space")
    assert right.is_checked() and not wrong.is_checked()
    for _ in range(2):  # over the last choice to the button
        keys.press("Tab")
    keys.press("Enter")
    page.wait(lambda: "Exercise 10.2: correct" in cell.inner_text(), "the keyboard got no answer")
    # What a screen reader reads of one question: every control has a name, and the verdict is a status.
    tree = cell.locator(".jp-OutputArea").first.aria_snapshot()
    for line in ('- radio "c. 714eb0f…, a commit in full" [checked]', '- button "Check 10.2"', "- status:"):
        assert line in tree
    assert page.errors() == []
    page.picture(ARTIFACTS / "quiz_live.png")
