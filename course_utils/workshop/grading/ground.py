"""The instructor's own copy of a page: `Ground(notebook).judge(submission)` gives the verdicts.

A page runs once, and every answer is worked out in a fork of it (`warm`, `stations`, `warden`), so this needs Linux.
The learner's code and the judge are two processes.
"""

import time
from dataclasses import replace

from ...errors import CourseError
from ...exercises.engine import judge
from ...exercises.shelf import find
from .cells import names_in
from .isolation import Limits
from .pages import Page, Pages, names_bound, names_imported, names_used
from .submissions import Graded, Row, Submission
from .warm import Warm


class Ground:
    """A page and its processes, as a context manager; for one thread at a time."""

    def __init__(self, notebook: str | Page, limits: Limits | None = None):
        self.page = notebook if isinstance(notebook, Page) else Pages.of_course()[notebook]
        self.notebook, self.limits = self.page.name, limits or Limits()
        # What the page imports itself needs no answer of the learner's.
        self._imports = {name for cell in self.page.cells for name in names_in(names_imported, cell.code)}
        self._warm = Warm(self.page, self.limits)

    @property
    def in_force(self) -> tuple[str, ...]:
        """A sentence for each limit; those that this system does not offer come first."""
        return self._warm.in_force

    @property
    def notes(self) -> tuple[str, ...]:
        """What went wrong on the page itself, or with a reference solution."""
        return self._warm.notes

    @property
    def seconds(self) -> float:
        """How long the page took to stand."""
        return self._warm.seconds

    @property
    def pid(self) -> int:
        """The page's main process; it leads the group of all its processes."""
        return self._warm.pid

    @property
    def folder(self) -> str:
        """The temporary folder of the page's processes; a worker gets a folder in it."""
        return self._warm.folder

    def __enter__(self) -> "Ground":
        """Raises CourseError where the page does not come to stand."""
        self._warm.start()
        return self

    def __exit__(self, *problem) -> None:
        self._warm.stop()

    def judge(self, submission: Submission) -> Graded:
        """The verdicts on all exercises of the page, in its order."""
        if submission.notebook != self.notebook:
            raise CourseError(f"This is the page {self.notebook}; the submission is of {submission.notebook}.")
        started, rows = time.monotonic(), []
        for id in self.page.exercises:
            row = self._row(submission, id, {row.id: row.status for row in rows})
            rows.append(_looked_at(row, submission.elsewhere.get(id, ())))
        seconds = round(time.monotonic() - started, 3)
        return Graded(
            submission.learner, submission.file, self.notebook, tuple(rows), submission.notes + self.notes, seconds
        )

    def _row(self, submission: Submission, id: str, statuses: dict[str, str]) -> Row:
        answer = submission.answers.get(id)
        if answer is None:
            return Row(id, "not attempted", "The notebook has no cell for this exercise.")
        if not answer.attempted:
            return Row(id, *judge(find(id), ...))
        if answer.problem:
            return Row(id, "error in your code", answer.problem)
        request = {"id": id, "code": answer.code, "before": self._before(submission, id, statuses)}
        request["own"] = _own(id)
        reply = self._warm.ask(request)
        return Row(id, reply["status"], reply["message"], round(reply["seconds"], 3))

    def _before(self, submission: Submission, id: str, statuses: dict[str, str]) -> list[tuple[str, str, list[str]]]:
        """The learner's earlier answers that this one builds on, as they make a name that it uses: (id, code, names).

        Where an earlier answer is not right, these names stay those of the reference solution: each exercise is judged
        by itself, as on the page, which goes on with ours where yours is not right yet.
        """
        code, chosen = submission.answers[id].code, []
        needed = names_in(names_used, code) - names_in(names_bound, code) - self._imports
        for other, status in reversed(statuses.items()):
            answer = submission.answers.get(other)
            if answer is None or answer.problem or not answer.attempted or status == "stopped":
                continue
            if names_in(names_bound, answer.code) & needed:
                chosen.insert(0, (other, answer.code, [] if status == "correct" else _own(other)))
                needed |= names_in(names_used, answer.code) - self._imports
        return chosen


def _looked_at(row: Row, elsewhere: tuple[str, ...]) -> Row:
    """A person decides where an answer fails only for a name that another cell of the learner's makes: none is run."""
    lacks = [name for name in elsewhere if row.status == "not attempted" or f"name '{name}' is not" in row.message]
    if row.status == "correct" or not lacks:
        return row
    message = (
        f"It uses `{lacks[0]}`, which a cell of the learner's own makes. Only answer cells are run: look yourself."
    )
    return replace(row, status="look at it", message=message)


def _own(id: str) -> list[str]:
    """The names by which an exercise asks for its answer."""
    record = find(id)
    return sorted(names_in(names_bound, record.starter) & names_in(names_used, record.answer))
