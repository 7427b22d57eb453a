"""Hands out the submissions to a crew, and hears the verdicts. A worker that dies costs only what it was at.

A slot of a crew keeps one warm page, so it stays with one notebook while it can. What is lost with its worker is tried
once more at the end, alone; then it gets a sentence.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial

from ...errors import CourseError
from .crews import Crew, PageFailed, judge
from .isolation import Limits
from .submissions import Graded, Submission
from .warm import PAGE_SECONDS

Heard = Callable[["Verdict"], None]
NOBODY_SECONDS = 120  # so long a cluster may be without workers
SHARED = 8  # submissions that should be left for each slot at a notebook before one more joins
_TICK = 1.0  # seconds between two looks at the clock and at who is there


@dataclass(frozen=True)
class Task:
    """One submission to judge, and the name under which its verdict is kept."""

    key: str
    submission: Submission

    @property
    def notebook(self) -> str:
        return self.submission.notebook


@dataclass(frozen=True)
class Verdict:
    """What became of a task. `final` is false for a sentence about this run only: another run should try again."""

    task: Task
    graded: Graded
    final: bool = False
    in_force: tuple[str, ...] = ()  # the limits of the machine that judged


@dataclass
class _Running:
    task: Task
    slot: Hashable
    until: float  # on the clock of time.monotonic


@dataclass
class _Plan:
    """What is still to do, by notebook, and which slot was last at which notebook."""

    waiting: dict[str, deque[Task]] = field(default_factory=dict)
    home: dict[Hashable, str] = field(default_factory=dict)

    def add(self, task: Task) -> None:
        self.waiting.setdefault(task.notebook, deque()).append(task)

    def take(self, slot: Hashable, here: Iterable[Hashable]) -> Task | None:
        """The next task of the notebook that stands warm in this slot; else of the largest that nobody is at.

        A notebook that another slot is at is shared while it has so much left that a second warm page is worth it.
        """
        notebook = self.home.get(slot)
        if notebook not in self.waiting:
            at = Counter(self.home.get(other) for other in here if other != slot)
            free = [name for name, tasks in self.waiting.items() if not at[name] or len(tasks) >= SHARED * at[name]]
            if not free:
                return None
            notebook = max(free, key=lambda name: (not at[name], len(self.waiting[name]) / (1 + at[name])))
        self.home[slot] = notebook
        task = self.waiting[notebook].popleft()
        if not self.waiting[notebook]:
            del self.waiting[notebook]
        return task

    def drop(self, notebook: str) -> list[Task]:
        return list(self.waiting.pop(notebook, ()))


def run(tasks: Iterable[Task], crew: Crew, limits: Limits, heard: Heard) -> None:
    """Judge every task; `heard` gets each `Verdict` as it is there, in any order."""
    plan, lost = _Plan(), []
    for task in tasks:
        plan.add(task)
    _all(plan, crew, limits, heard, crew.slots, lambda task, why: lost.append((task, why)))
    for task, why in lost:  # once more, one by one
        plan.add(task)
        give_up = partial(_give_up, heard, before=why)
        _all(plan, crew, limits, heard, lambda: crew.slots()[:1], give_up)


def _give_up(heard: Heard, task: Task, why: str, before: str) -> None:
    heard(_no_verdict(task, f"Could not be judged, twice: {before}; then, alone: {why}."))


def _no_verdict(task: Task, sentence: str) -> Verdict:
    one = task.submission
    return Verdict(task, Graded(one.learner, one.file, one.notebook, (), (*one.notes, sentence)))


def _all(plan: _Plan, crew: Crew, limits: Limits, heard: Heard, slots, failed) -> None:
    running: dict[Future, _Running] = {}
    seen = time.monotonic()
    while plan.waiting or running:
        here = slots()
        for future, at in list(running.items()):
            gone, late = at.slot not in here, time.monotonic() > at.until
            if not future.done() and (gone or late):
                crew.end(at.slot, future)
                del running[future]
                failed(at.task, "its worker has gone" if gone else "it was not through in time")
        busy = {at.slot for at in running.values()}
        for slot in here:
            if slot not in busy and (task := plan.take(slot, here)):
                until = time.monotonic() + PAGE_SECONDS + _longest(task, limits)
                running[crew.submit(slot, judge, task.submission, limits)] = _Running(task, slot, until)
        if not running:  # all workers have gone: others may come
            if not here and time.monotonic() - seen > NOBODY_SECONDS:
                raise CourseError("All workers of the cluster have gone. Started again, this goes on where it stopped.")
            time.sleep(_TICK)
            continue
        seen = time.monotonic()
        for future in wait(running, timeout=_TICK, return_when=FIRST_COMPLETED).done:
            _hear(future, running.pop(future), plan, crew, heard, failed)


def _longest(task: Task, limits: Limits) -> float:
    """Seconds after which a worker is taken for stuck: each answer may use up its limit, and those before it again."""
    return 60 + (limits.clock + 40) * (1 + len(task.submission.answers))  # 40: three forks, and an end by force


def _hear(future: Future, at: _Running, plan: _Plan, crew: Crew, heard: Heard, failed) -> None:
    try:
        text, in_force = future.result()
        graded = Graded.from_json(text)
    except PageFailed as error:
        for task in (at.task, *plan.drop(at.task.notebook)):
            heard(_no_verdict(task, str(error)))
    except (BrokenProcessPool, CancelledError):
        crew.end(at.slot, future)
        failed(at.task, "its worker died")
    except Exception as error:
        died = type(error).__name__ == "KilledWorker"  # Dask's word for it
        failed(at.task, "its worker died" if died else f"{type(error).__name__}: {error}")
    else:
        final = all(row.status != "look at it" for row in graded.rows)  # a broken page says that, too
        heard(Verdict(at.task, graded, final, in_force))
