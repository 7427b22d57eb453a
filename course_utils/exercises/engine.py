"""`check`, `hint` and `solution`: they look up a record, judge an answer, and never raise on what they get."""

import operator
import os
import random
import sys
from contextlib import contextmanager

from ..describing import attempt, code, describe, is_a, safe_repr, shorten, untouched, unused_parameter
from ..errors import CourseError
from . import progress_store as store
from . import sharing
from .answers import Slip, as_text
from .display import Card, Result
from .limits import TimeUp, contained
from .records import Choice, Exercise
from .shelf import find

_LONGEST_MESSAGE = 1500
_NOT_ATTEMPTED = "Replace `...` with your answer and run this cell again."


def check(exercise_id, answer=...) -> Result:
    """Check your answer to an exercise: `check("2.2", softmax)`.

    The Result says one of: not attempted, correct, not yet (and what to look at), error in your code,
    unknown exercise. It never raises, whatever the answer is, unless COURSE_STRICT=1 is set (for tests).
    """
    record, advice = _look_up(exercise_id)
    if record is None:
        if is_a(answer, str) and attempt(find, answer) is not None:
            advice = f"The id comes first: `check({_quoted(as_text(answer))}, your_answer)`."
        result = Result(_shown_id(exercise_id), "unknown exercise", advice)
    else:
        status, message = judge(record, answer)
        entry, notes = store.save_result(record.id, status, sharing.noted(record, answer, status, message))
        notes += sharing.after_check()
        if status != "correct":
            more = entry["hints"] < len(record.hints)
            notes += (f"Need help? `{'hint' if more else 'solution'}({_quoted(record.id)})`",)
        result = Result(record.id, status, message, notes)
    if os.environ.get("COURSE_STRICT") == "1" and result.status != "correct":
        raise CourseError(str(result))
    return result


def judge(record: Exercise | Choice, answer) -> tuple[str, str]:
    """(status, message) of an answer; notes down nothing."""
    if untouched(answer, record.starter):
        return "not attempted", _NOT_ATTEMPTED
    verdict = "not yet", ""
    with _settings_kept(), contained() as limits:
        verdict = _verdict(record, answer)
    if limits.late:
        verdict = "not yet", _too_long(answer, limits.seconds)
    status, message = verdict
    if status != "correct" and (unused := unused_parameter(answer)):
        message += f" By the way, your function never uses {code(unused)}, which it is given."
    return status, shorten(message, _LONGEST_MESSAGE)


def _verdict(record: Exercise | Choice, answer) -> tuple[str, str]:
    try:
        message = record.check(answer)
    except Slip as slip:
        return slip.status, slip.message
    except (KeyboardInterrupt, TimeUp):
        raise
    except BaseException:  # the check tripped over an object that nobody thought of
        message = False
    if message is None:
        return "correct", record.note or "That is right."
    if not is_a(message, str):
        expected = record.expects or f"an answer like the starter's `{record.answer}`"
        message = f"The check cannot work with this. Expected {expected}; given: {describe(answer)}."
    return "not yet", message


def _too_long(answer, seconds: float) -> str:
    what = "Your function" if callable(answer) else "Looking at your answer"
    return (
        f"{what} was stopped: the check calls it a few times, and after {seconds:g} seconds it was not through. Is "
        "there a loop that never ends, or far more work than the exercise needs?"
    )


@contextmanager
def _settings_kept():
    """After a check, the random numbers and PyTorch's settings go on as if it had not been made."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    kept = [(random.setstate, random.getstate())]
    if numpy:
        kept.append((numpy.random.set_state, numpy.random.get_state()))
    if torch:
        kept += [
            (torch.set_rng_state, torch.get_rng_state()),
            (torch.set_grad_enabled, torch.is_grad_enabled()),
            (torch.set_default_dtype, torch.get_default_dtype()),
            (torch.set_num_threads, torch.get_num_threads()),
        ]
    try:
        yield
    finally:
        for put_back, value in kept:
            put_back(value)


def hint(exercise_id, number=None) -> Card | Result:
    """The next hint for an exercise, or hint `number`: `hint("2.3")`, `hint("2.3", 1)`. Never raises."""
    record, advice = _look_up(exercise_id)
    if record is None:
        return Result(_shown_id(exercise_id), "unknown exercise", advice)
    total, quoted = len(record.hints), _quoted(record.id)
    notes = ()
    if number is None:
        entries, notes = store.read()
        wanted = entries.get(record.id, {}).get("hints", 0) + 1
        if wanted > total:
            text = f"You have seen all {total} hints: `hint({quoted}, 1)` shows the first one again."
            last = f"One way to solve it: `solution({quoted})`"
            return Card(heading=f"Exercise {record.id}: no more hints", text=text, notes=(*notes, last))
    else:
        wanted = attempt(operator.index, number)
        if wanted is None or not 1 <= wanted <= total:
            text = f"Expected the number of a hint, 1 to {total}; given: {describe(number)}."
            return Card(heading=f"Exercise {record.id}: no such hint", text=text)
    notes += store.save_hint(record.id, wanted)
    after = f"Next: `hint({quoted})`" if wanted < total else f"The last hint. Next: `solution({quoted})`"
    heading = f"Exercise {record.id}: hint {wanted} of {total}"
    return Card(heading=heading, text=record.hints[wanted - 1], notes=(*notes, after))


def solution(exercise_id) -> Card | Result:
    """One way to solve an exercise: `solution("2.3")`. Never raises."""
    record, advice = _look_up(exercise_id)
    if record is None:
        return Result(_shown_id(exercise_id), "unknown exercise", advice)
    heading = f"Exercise {record.id}: solution of “{record.title}”"
    if is_a(record, Choice):
        said = tuple(f"{letter}: {option.explanation}" for letter, option in record.options.items())
        return Card(heading=heading, code=record.solution, notes=said)
    text = f"{record.why}\nThis is one way; another one is right too if the check says so.".lstrip()
    return Card(heading=heading, text=text, code=record.solution)


def _look_up(exercise_id) -> tuple[Exercise | Choice | None, str]:
    try:
        return find(exercise_id), ""
    except CourseError as error:
        return None, str(error)


def _shown_id(exercise_id) -> str:
    return code(as_text(exercise_id) or safe_repr(exercise_id, 40), 40).strip("`") or "(empty)"


def _quoted(exercise_id: str) -> str:
    return f'"{exercise_id}"'
