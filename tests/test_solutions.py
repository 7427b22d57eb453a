"""The solution edition: every notebook with the reference solutions in place of the starters.

It is executed with COURSE_STRICT=1, so a check that does not say "correct" stops it; and because the solutions
run among the other cells of their notebook, what they use must really be there.
"""

import re

import pytest

from course_utils.authoring import rules, sources
from course_utils.errors import CourseError
from course_utils.exercises import Exercise, all_exercises

pytestmark = [pytest.mark.notebooks, pytest.mark.alone]  # shares its runs with test_budget.py, which measures them

NAMES = [source.stem for source in sources.select([])]


def said(cell) -> list[str]:
    """The first line of each result that a cell displays."""
    return [o.data["text/plain"].splitlines()[0] for o in cell.outputs if "text/html" in o.get("data", {})]


def verdicts(notebook) -> dict[str, list[str]]:
    """What the check of each exercise cell said, by exercise."""
    cells = [c for c in rules.code_cells(notebook) if c.id.startswith("exercise-")]
    return dict(zip(rules.exercise_ids(notebook), map(said, cells), strict=True))


def exercises_on(name: str) -> list[str]:
    """The ids that the source of a page asks for, with those of its quiz; that each has a page, `test_hygiene` says."""
    (source,) = sources.select([name])
    asked = re.findall(r'(?m)^```python (exercise|quiz)="([^"]+)"$', source.read_text("utf-8"))
    of_topic = {topic: [r.id for r in all_exercises() if getattr(r, "topic", "") == topic] for _, topic in asked}
    return [id for kind, text in asked for id in ([text] if kind == "exercise" else of_topic[text])]


@pytest.mark.parametrize("name", NAMES)
def test_every_check_says_correct(name, solve):
    due = exercises_on(name)
    assert verdicts(solve(name).notebook) == {i: [f"Exercise {i}: correct"] for i in due}
    assert due


def test_a_strict_check_can_fail(tmp_path):
    """One solution is replaced by its own first wrong answer: the edition must not build."""
    name = NAMES[0]
    from dataclasses import replace

    records = sources.load_records()
    first = next(r for r in map(records.get, exercises_on(name)) if isinstance(r, Exercise))
    spoiled = records | {first.id: replace(first, solution=first.wrong[0].code)}
    source = tmp_path / "notebooks" / "source" / f"{name}.md"
    source.parent.mkdir(parents=True)
    context = f"from course_utils import check, setup\nsetup()\n{first.context}"
    exercise = f'### Exercise {first.id}\n\n```python exercise="{first.id}"\n```\n'
    source.write_text(f"```python\n{context}\n```\n\n{exercise}", "utf-8")
    settings = {"course": sources.Course(), "solutions": True}
    with pytest.raises(CourseError, match=f"Exercise {first.id}: "):
        sources.build(source, tmp_path / f"{name}.ipynb", records=spoiled, **settings)
    sources.build(source, tmp_path / f"{name}.ipynb", records=records, **settings)
