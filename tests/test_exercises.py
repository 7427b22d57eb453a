"""Every exercise tells right from wrong, and the engine survives any answer.

`verify(record)` is the promise of one record; it runs over all of them. The made-up records below test the
engine itself, and broken ones show that `verify` would notice.
"""

import html
import itertools
import linecache
import math
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest.mock import ANY, MagicMock

import numpy as np
import pytest
import torch

from course_utils.describing import attempt, describe, safe_repr, untouched, unused_parameter
from course_utils.errors import CourseError
from course_utils.exercises import Choice, Exercise, Option, Result, Wrong, all_exercises, check, hint, shelf
from course_utils.exercises import progress_store as store
from course_utils.exercises import solution as show_solution
from course_utils.exercises.answers import Slip, as_list, as_number, as_text, call, close, plain, shape
from course_utils.exercises.engine import judge

ROOT = Path(__file__).parents[1]
torch.set_num_threads(1)  # records generate text, and several threads on a busy machine are slower than one


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    monkeypatch.setattr(store, "_unsaved", {})
    monkeypatch.setattr(store, "_said", set())


# --- the promise of a record ------------------------------------------------------------------------------


@cache
def _context(code: str) -> dict:
    namespace = {"__name__": "notebook"}
    exec(compile(code, "<context>", "exec"), namespace)
    return namespace


_cells = itertools.count(1)
NONSENSE = [3, 0.5, None, True, [object(), None], ["a", 2], "z", "a, z", "The second one, I think.", "a" * 10_000]
NONSENSE += [{"a": True}, "", print, "<script>z</script>"]  # what no question can take for a letter


def answer_of(record, code: str):
    """The answer a learner would hand in with this code, run as a cell of the notebook."""
    namespace = dict(_context(record.context))
    name = f"<cell {next(_cells)} of {record.id}>"
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    torch.manual_seed(0)  # some answers are sampled
    exec(compile(code, name, "exec"), namespace)
    return eval(record.answer, namespace)


def said(record, answer) -> tuple[str, str]:
    """(status, sentence), straight from the record: a check that trips raises here."""
    try:
        message = record.check(answer)
    except Slip as slip:
        return slip.status, slip.message
    except Exception as error:
        raise AssertionError(f"the check trips over {describe(answer)}: {error!r}") from error
    assert message is None or type(message) is str, f"a check returns None or text, not {message!r}"
    return ("correct", "") if message is None else ("not yet", message)


def verify(record) -> None:
    """AssertionError unless the record keeps its promises."""
    texts = [record.title, *record.hints, record.note]
    if isinstance(record, Choice):
        texts += [record.question]
        texts += [text for option in record.options.values() for text in (option.text, option.explanation)]
        assert len(record.options) >= 3 and record.right, "a choice needs three options and a right one"
        assert 1 <= record.minutes <= 5
    else:
        texts += [record.why]
        assert 2 <= record.minutes <= 15
        assert 40 <= len(record.why) <= 400 and record.why.endswith("."), "why the solution works, in a sentence or two"
        for snippet in re.findall(r"`([^`]+)`", record.hints[0]):
            given_away = len(snippet) > 12 and "".join(snippet.split()) in "".join(record.solution.split())
            assert not given_away, f"the first hint is a nudge, not the line {snippet!r} of the solution"
    assert record.difficulty in ("easy", "medium", "hard")
    assert len(record.hints) >= 2 and len(set(record.hints)) == len(record.hints)
    assert len(record.wrong) >= 3 and len(record.alternatives) >= 1
    for text in texts:
        assert text.strip() or text is record.note, "an empty text"
        assert not re.search(r"</?[A-Za-z][^`]*>", re.sub(r"`[^`]*`", "", text)), f"HTML in {text!r}"

    starter = answer_of(record, record.starter)
    assert judge(record, starter)[0] == "not attempted", "the starter"
    assert attempt(said, record, starter) != ("correct", ""), "the starter is right already"
    right = answer_of(record, record.solution)
    before = attempt(lambda: repr(plain(right)))
    for code in (record.solution, *record.alternatives):
        answer = right if code is record.solution else answer_of(record, code)
        status, message = said(record, answer)
        assert status == "correct", f"{code!r} is right but gets: {message}"
        assert judge(record, answer)[0] == "correct"
    assert attempt(lambda: repr(plain(right))) == before, "the check changed the answer"

    for code in getattr(record, "also_wrong", ()):
        status, sentence = said(record, answer_of(record, code))
        assert status != "correct", f"{code!r} passes"
        assert sentence.strip()

    sentences = []
    for wrong in record.wrong:
        answer = answer_of(record, wrong.code)
        status, sentence = said(record, answer)
        assert status == wrong.status, f"{wrong.code!r} gets {status}: {sentence}"
        assert judge(record, answer)[0] == wrong.status, f"{wrong.code!r} through check()"
        sentences.append(sentence)
    for i, wrong in enumerate(record.wrong):
        assert wrong.says.strip() and wrong.code not in (record.solution, record.starter)
        assert wrong.says in sentences[i], f"{wrong.code!r} gets {sentences[i]!r}, not {wrong.says!r}"
        others = sentences[:i] + sentences[i + 1 :]
        assert not any(wrong.says in other for other in others), f"{wrong.says!r} is said to another slip"
    for thing in NONSENSE if isinstance(record, Choice) else ():
        assert f"Expected {record.expects}; given: " in said(record, thing)[1], f"nonsense: {thing!r}"
    for name, thing in zoo():
        result = Result(record.id, *judge(record, thing))
        assert result.status != "correct" or close(thing, right), f"{name} passes"
        assert_shows(result)
    if record in all_exercises():
        assert_shows(check(record.id, _hostile("repr", "eq")()))


def assert_shows(shown) -> None:
    """Complete plain text and HTML, both storable, nothing executable."""
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"} and str(shown) == bundle["text/plain"]
    bundle["text/plain"].encode("utf-8")
    bundle["text/html"].encode("utf-8")
    assert len(bundle["text/plain"]) < 3000
    assert not re.search(r"<(script|svg|iframe|style)| id=|0x[0-9a-f]{6}", bundle["text/html"])
    text = html.unescape(re.sub(r"<[^>]+>", "", bundle["text/html"]))
    for word in re.findall(r"\w+", bundle["text/plain"]):
        assert word in text


def _with_its_mark(record):
    """A record whose answers run a model of the course is left out of the fast tests."""
    needs = "checkpoint(" in "".join((record.context, record.solution)) or record.id in MODELS_IN_THE_CHECK
    return pytest.param(record, id=record.id, marks=[pytest.mark.models] if needs else [])


MODELS_IN_THE_CHECK = ("6.4", "6.5", "6.6", "6.7")


@pytest.mark.parametrize("record", map(_with_its_mark, all_exercises()))
def test_every_record_keeps_its_promises(record):
    verify(record)


def test_a_deeper_page_stands_between_its_neighbours():
    order = [record.id for record in all_exercises()]
    assert order.index("0.4") < order.index("0b.1") < order.index("0b.6") < order.index("1.1")
    assert order.index("2.2") < order.index("2.15") < order.index("3.1")


def test_titles_are_unique():
    titles = [record.title for record in all_exercises()]
    assert len(set(titles)) == len(titles)


# --- objects nobody expects -------------------------------------------------------------------------------


def _raise(*args, **kwargs):
    raise RuntimeError("trip")


def _hostile(*names, base=object):
    methods = {f"__{name}__": _raise for name in names}
    return type("Hostile", (base,), methods)


class _LyingClass:
    @property
    def __class__(self):
        raise RuntimeError("trip")


class _ExitingRepr:
    def __repr__(self):
        sys.exit(1)


class _Meta(type):
    def __getattribute__(cls, name):
        raise RuntimeError("trip")

    __hash__ = _raise
    __subclasscheck__ = __instancecheck__ = _raise


def zoo():
    """(name, object): what a check must survive. None of these is a right answer."""
    circle = []
    circle.extend([circle] * 1000)
    everything = _hostile("eq", "repr", "str", "bool", "len", "iter", "hash", "getattribute", "call", "float")
    generator = (n for n in [1, 2, 3])
    coroutine = _coroutine()
    coroutine.close()
    named = [
        ("None", None),
        ("generator", generator),
        ("eq raises", _hostile("eq")()),
        ("repr raises", _hostile("repr")()),
        ("str raises", _hostile("str", "repr")()),
        ("bool raises", _hostile("bool")()),
        ("everything raises", everything()),
        ("class raises", _LyingClass()),
        ("repr exits", _ExitingRepr()),
        ("metaclass raises", _Meta("Evil", (), {})()),
        ("evil class", _Meta("Evil", (), {})),
        ("list that raises", _hostile("eq", "len", "iter", "getitem", "repr", base=list)([1, 2])),
        ("text that raises", _hostile("eq", "len", "iter", "hash", "str", "repr", base=str)("no letter")),
        ("number that raises", _hostile("eq", "float", "index", "repr", base=float)(-77.5)),
        ("dict that raises", _hostile("eq", "len", "iter", "getitem", "items", base=dict)(a=1)),
        ("equal to everything", ANY),
        ("mock", MagicMock()),
        ("long text", "x" * 1_000_000),
        ("odd text", "\x00\x1b[31m\ud800<script>alert(1)</script>`\u202e"),
        ("recursive list", circle),
        ("huge int", 10**5000),
        ("minus one", -1),
        ("nan", math.nan),
        ("inf", math.inf),
        ("bytes", b"abc"),
        ("empty list", []),
        ("empty text", ""),
        ("empty dict", {}),
        ("list of None", [None, None]),
        ("class", type("Some`Class\n", (), {})),
        ("module", math),
        ("coroutine", coroutine),
        ("not implemented", NotImplemented),
        ("tensor", torch.full((2, 3, 5), -7.25)),
        ("meta tensor", torch.empty(3, device="meta")),
        ("empty tensor", torch.tensor([])),
        ("array", np.full((2, 2), -7.25)),
        ("object array", np.array([object(), None], dtype=object)),
        ("function that returns None", lambda *args, **kwargs: None if args else 1),
        ("function that exits", lambda *args, **kwargs: sys.exit(3)),
        ("function that returns anything", lambda *args, **kwargs: ANY),
        ("function that raises oddly", _hostile_function),
        ("built-in", print),
    ]
    return named


async def _coroutine():
    pass


def _hostile_function(*args, **kwargs):
    raise _hostile("str", "repr", base=Exception)()


# --- made-up records that test the engine -----------------------------------------------------------------


def _check_double(function):
    for given, right in (([1.0, 2.0], [2.0, 4.0]), ([], [])):
        got = call(function, given)
        if close(got, given) and given:
            return "Your function gives back its input unchanged."
        if not close(got, right):
            return f"For {given} expected {right}; given: {describe(got)}."
    return None


DOUBLE = Exercise(
    id="9.1",
    title="Double a list",
    minutes=3,
    difficulty="easy",
    starter='def double(numbers):\n    """Each number twice as large."""\n    ...',
    answer="double",
    check=_check_double,
    hints=("Look at one number after the other.", "Twice `x` is `factor * x`."),
    solution="def double(numbers):\n    return [factor * number for number in numbers]",
    wrong=(
        Wrong("def double(numbers):\n    return numbers", "unchanged"),
        Wrong("def double(numbers):\n    twice = numbers * 2", "did you forget `return`?"),
        Wrong("def double(numbers):\n    return numbers * 2", "1.0, 2.0, 1.0, 2.0"),
        Wrong("def double(n):\n    m = n[0]\n    return m / 0", "in line 3", status="error in your code"),
    ),
    alternatives=("import numpy as np\ndef double(n):\n    return np.array(n) * 2",),
    context="factor = 2",
    note="A comprehension reads like the sentence it stands for.",
    why="A list comprehension builds a new list, one number after the other, and leaves the old list as it is.",
)
LETTER = Choice(
    id="9.2",
    title="One letter",
    minutes=1,
    difficulty="easy",
    question="Which one reads `[MASK]`?",
    options={
        "a": Option("a decoder", "A decoder only looks back.", False),
        "b": Option("an encoder", "An encoder looks both ways.", True),
        "c": Option("a tokenizer", "A tokenizer only cuts text.", False),
    },
    hints=("Which one looks both ways?", "It is not the decoder."),
)
LETTERS = replace(
    LETTER,
    id="9.3",
    title="Several letters",
    options={
        "a": Option("x", "Because a.", True),
        "b": Option("y", "Not b.", False),
        "c": Option("z", "Because c.", True),
        "d": Option("w", "Because d.", True),
    },
)
MADE_UP = (DOUBLE, LETTER, LETTERS)


@pytest.fixture
def made_up(monkeypatch):
    only(monkeypatch, *MADE_UP)


def only(monkeypatch, *records):
    """These are all the exercises there are."""
    monkeypatch.setattr(shelf, "all_exercises", lambda: records)
    monkeypatch.setattr(shelf, "_files", dict)


@pytest.mark.parametrize("record", MADE_UP, ids=lambda record: record.id)
def test_made_up_records_keep_their_promises(record):
    verify(record)


BROKEN = {
    "accepts everything": replace(DOUBLE, check=lambda answer: None),
    "refuses everything": replace(DOUBLE, check=lambda answer: "No."),
    "trips": replace(DOUBLE, check=lambda answer: answer + 1),
    "answers with a truth value": replace(DOUBLE, check=lambda answer: False),
    "one sentence for all slips": replace(
        DOUBLE, check=lambda f: None if close(call(f, [3.0]), [6.0]) else "unchanged 1.0, 2.0, 1.0, 2.0"
    ),
    "believes ==": replace(DOUBLE, check=lambda f: None if call(f, [1.0, 2.0]) == [2.0, 4.0] else "unchanged"),
    "same fragment twice": replace(DOUBLE, wrong=(*DOUBLE.wrong, replace(DOUBLE.wrong[0], says="unch"))),
    "starter already right": replace(DOUBLE, starter="def double(n):\n    return [2 * x for x in n]"),
    "believes any object": replace(DOUBLE, check=lambda f: None if f == DOUBLE else _check_double(f)),
    "one hint": replace(DOUBLE, hints=("Try.",)),
    "HTML": replace(DOUBLE, hints=("Use <b>bold</b>.", "Try.")),
    "too long": replace(DOUBLE, minutes=40),
    "no wrong answers": replace(DOUBLE, wrong=()),
}


@pytest.mark.parametrize("record", BROKEN.values(), ids=BROKEN)
def test_verify_notices_a_broken_record(record):
    with pytest.raises(AssertionError):
        verify(record)


# --- check, hint, solution --------------------------------------------------------------------------------


def test_a_check_leaves_random_numbers_and_settings_alone():
    import random

    def meddles(numbers):
        random.seed(1)
        np.random.seed(1)
        torch.manual_seed(1)
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)
        torch.set_num_threads(torch.get_num_threads() + 1)
        return [2 * number for number in numbers]

    def state():
        settings = torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_num_threads()
        return random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist(), settings

    before = state()
    assert judge(DOUBLE, meddles)[0] == "correct"
    assert state() == before


def test_the_five_statuses(made_up):
    right = answer_of(DOUBLE, DOUBLE.solution)
    assert check("9.1").status == "not attempted"
    assert check("9.1", right).status == "correct" and DOUBLE.note in str(check("9.1", right))
    assert check(" 9.1 ", lambda n: n).status == "not yet"
    assert check("9.1", lambda n: n[5]).status == "error in your code"
    assert check("9.9", right).status == "unknown exercise"


def test_a_result_reads_the_same_in_both_forms(made_up):
    result = check("9.1", lambda n: n)
    assert str(result) == (
        'Exercise 9.1: not yet\nYour function gives back its input unchanged.\nNeed help? `hint("9.1")`'
    )
    shown = result._repr_mimebundle_()["text/html"]
    assert shown.startswith('<div role="status"') and "Exercise 9.1: not yet</strong>" in shown
    assert '<span aria-hidden="true">' in shown and "hint(&quot;9.1&quot;)</code>" in shown
    assert check("9.1", lambda n: n) == result, "the same answer gets the same result"


@pytest.mark.parametrize("name", [name for name, _ in zoo()])
def test_any_object_is_answered(name, made_up):
    thing = dict(zoo())[name]
    for record in MADE_UP:
        result = check(record.id, thing)
        assert result.status in ("not yet", "error in your code")
        assert_shows(result)
    for function in (check, hint, show_solution):
        shown = function(thing)
        assert shown.status == "unknown exercise"
        assert_shows(shown)
    assert_shows(hint("9.1", thing))


def test_a_generator_is_not_consumed(made_up):
    generator = (n for n in [1, 2])
    check("9.1", generator)
    check("9.3", generator)
    assert list(generator) == [1, 2]


def test_learner_text_is_escaped_and_shortened(made_up):
    result = check("9.1", lambda n: "<script>alert('x')</script>" * 50_000)
    assert "<script>" not in result._repr_mimebundle_()["text/html"]
    assert "…" in str(result) or "..." in str(result)
    assert len(str(result)) < 400


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        (9.1, 'Write the id as text: `"9.1"`'),
        (None, "given: `None`"),
        ("9.11", 'Did you mean `"9.1"` (Double a list)?'),
        ("banana", "`progress()` lists all"),
        (["9.1"], "Write the id as text"),
    ],
)
def test_an_unknown_id_gets_advice(given, advice, made_up):
    for shown in (check(given, 1), hint(given), show_solution(given)):
        assert shown.status == "unknown exercise" and advice in str(shown)


def test_id_and_answer_swapped(made_up):
    assert 'check("9.1", your_answer)' in str(check(len, "9.1"))


def test_ipython_shows_both_forms(made_up):
    from IPython.core.formatters import DisplayFormatter

    shown, _ = DisplayFormatter().format(check("9.1", lambda n: n))
    assert "not yet" in shown["text/plain"] and "not yet" in shown["text/html"]


def test_an_interrupt_passes_through(made_up):
    def interrupted(numbers):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("9.1", interrupted)


def test_a_check_that_trips_says_what_was_expected(monkeypatch):
    record = replace(DOUBLE, check=lambda answer: answer.no_such_thing, expects="a function of a list")
    only(monkeypatch, record)
    result = check("9.1", [1, 2])
    assert result.status == "not yet"
    assert "Expected a function of a list; given: a list (`[1, 2]`)." in str(result)


def test_strict_raises_unless_correct(made_up, monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")
    assert check("9.2", "B").status == "correct"
    for answer in (..., "a", None):
        with pytest.raises(CourseError, match="Exercise 9.2"):
            check("9.2", answer)
    with pytest.raises(CourseError, match="unknown exercise"):
        check("7.7", 1)


def test_hints_come_in_stages_and_end_at_the_solution(made_up):
    assert "Hint".lower() in str(hint("9.1")).lower() and DOUBLE.hints[0] in str(hint("9.1", 1))
    second = hint("9.1")
    assert DOUBLE.hints[1] in str(second) and 'solution("9.1")' in str(second)
    assert "no more hints" in str(hint("9.1")) and 'solution("9.1")' in str(hint("9.1"))
    assert DOUBLE.hints[0] in str(hint("9.1", 1))
    assert "1 to 2" in str(hint("9.1", 3)) and "1 to 2" in str(hint("9.1", "two"))
    assert str(check("9.1", lambda n: n)).endswith('Need help? `solution("9.1")`')
    assert_shows(second)


def test_a_solution_shows_its_code(made_up):
    shown = show_solution("9.1")
    assert "return [factor * number for number in numbers]" in str(shown) and "another one is right" in str(shown)
    assert str(shown).splitlines()[1] == DOUBLE.why
    assert "<pre" in shown._repr_mimebundle_()["text/html"]
    assert "Because d." in str(show_solution("9.3")) and 'answer = "a, c, d"' in str(show_solution("9.3"))
    assert_shows(shown)


def test_choices_explain_themselves(made_up):
    assert "An encoder looks both ways." in str(check("9.2", ["b"]))
    assert "A decoder only looks back." in str(check("9.2", "(A)"))
    assert "in quotation marks" in str(check("9.2", 2))
    assert "one letter" in str(check("9.2", "a, b"))
    partly = str(check("9.3", "a and c"))
    assert "2 of the 3 right choices; 1 missing" in partly and "Because" not in partly
    assert "Not b." in str(check("9.3", {"a", "b"}))
    for right in ("acd", "A, C, D", ("a", "c", "d"), {"d", "c", "a"}, "a,c and d"):
        assert check("9.3", right).status == "correct"


# --- helpers for authors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    ["...", "pass", '"""Doc."""', '"""Doc."""\n    ...', '"""Doc."""\n    pass', "return ...", "pass; pass"],
)
@pytest.mark.parametrize("arguments", ["", "a, b=2, *c, d: int = 1, **e"])
def test_an_empty_function_is_untouched(body, arguments):
    namespace = {}
    exec(f"def f({arguments}):\n    {body}", namespace)
    assert untouched(namespace["f"])


@pytest.mark.parametrize("body", ["return 1", "print(1)", "a = 1", "raise NotImplementedError", "return [...][0]"])
def test_a_function_with_code_is_touched(body):
    namespace = {}
    exec(f"def f(a=0):\n    {body}", namespace)
    assert not untouched(namespace["f"])


def test_a_starter_with_code_is_untouched_until_it_changes():
    starter = "import functools\ndef f(x):\n    y = [n for n in x]\n    return y @ ...\n"
    namespace = {}
    exec("\n\n" + starter.replace("return", "# my comment\n    return"), namespace)
    assert untouched(namespace["f"], starter)
    exec(starter.replace("...", "x"), namespace)
    assert not untouched(namespace["f"], starter)


def test_starters_with_several_gaps_and_classes():
    for gap in (..., (..., ...), [1, ...], {"a": ...}, {"a": [{...}]}, "...", lambda: ...):
        assert untouched(gap), gap
    for filled in ((1, 2), {"a": 1}, "more...", 0, None, Ellipsis.__class__):
        assert not untouched(filled), filled
    starter = "class Net(torch.nn.Module):\n    def forward(self, x):\n        ...\n"
    namespace = {"torch": torch}
    exec(starter, namespace)
    assert untouched(namespace["Net"], starter)
    wrapped = torch.no_grad()(answer_of(DOUBLE, DOUBLE.starter))
    assert untouched(wrapped)


def test_call_reports_the_learners_own_line():
    function = answer_of(DOUBLE, "import json\ndef double(text, key):\n    value = 1\n    return json.loads('{')\n")
    with pytest.raises(Slip) as caught:
        call(function, [1], key="x")
    assert caught.value.status == "error in your code"
    assert "`double([1], key='x')` stopped with JSONDecodeError: " in caught.value.message
    assert "in line 4 of the cell: `return json.loads('{')`" in caught.value.message


@pytest.mark.parametrize(
    ("function", "status", "sentence"),
    [
        (5, "not yet", "should be a function; given: a whole number (`5`)"),
        (lambda x: None, "not yet", "forget `return`"),
        (lambda x: [x, ...], "not attempted", "still returns `...`"),
        (lambda x: (y for y in x), "not yet", "use `return`, not `yield`"),
        (lambda: 1, "error in your code", "TypeError"),
        (lambda x: sys.exit(3), "error in your code", "SystemExit: 3"),
        (lambda x: call_deep(x), "error in your code", "RecursionError"),
    ],
)
def test_call_names_the_slip(function, status, sentence):
    with pytest.raises(Slip) as caught:
        call(function, [1])
    assert caught.value.status == status and sentence in caught.value.message


def call_deep(x):
    return call_deep(x)


@pytest.mark.filterwarnings("error")
def test_call_closes_a_coroutine():
    async def later(x):
        return x

    with pytest.raises(Slip, match="async"):
        call(later, 1)


def test_call_gives_copies():
    numbers, tensor, inner = [1, [2]], torch.ones(2), {"a": np.ones(2)}

    def spoil(numbers, tensor, inner):
        numbers[1].append(3)
        tensor.zero_()
        inner["a"][:] = 0
        return 1

    with pytest.raises(Slip, match="changed what it was given, .* in place"):
        call(spoil, numbers, tensor, inner=inner)
    assert numbers == [1, [2]] and tensor.sum() == 2 and inner["a"].sum() == 2


@pytest.mark.parametrize(
    "given",
    [[3, 1, 2], {"a": [1]}, {1, 2}, torch.tensor([1.0, float("nan")]), np.array([2, 1]), ([1], [2])],
    ids=lambda given: type(given).__name__,
)
def test_what_was_given_must_stay_as_it_was(given):
    def change(given):
        if isinstance(given, dict):
            given["a"].append(2)
        elif isinstance(given, set):
            given.add(3)
        elif isinstance(given, tuple):
            given[1].append(1)
        else:
            given[0] = 7
        return given

    with pytest.raises(Slip, match="in place") as caught:
        call(change, given)
    assert caught.value.status == "not yet"
    assert call(lambda given: 1, given) == 1
    assert call(lambda given: given, given) is not None, "to give it back is no change"


@pytest.mark.parametrize(
    ("code", "unused"),
    [
        ("def f(x, y):\n    return x + 1", "y"),
        ("def f(x, y):\n    return x + y", ""),
        ("def f(x, *, y=2):\n    return [x for _ in range(3)]", "y"),
        ("def f(x, y):\n    return [x + y for _ in range(3)]", ""),
        ("def f(x, y):\n    return (lambda: x * y)()", ""),
        ("def f(x, y):\n    return locals()['x'] + y", ""),
        ("f = max", ""),
        ("class f:\n    def __call__(self, x): return 1", ""),
    ],
)
def test_a_parameter_that_is_never_read_is_named(code, unused):
    namespace = {}
    exec(code, namespace)
    assert unused_parameter(namespace["f"]) == unused


def test_the_learner_hears_of_it_only_when_the_answer_is_wrong(made_up):
    assert "never uses `numbers`" in check("9.1", lambda numbers: [2.0, 4.0]).message
    assert "never uses" not in check("9.1", lambda numbers, spare=1: [2 * n for n in numbers]).message


def test_readers_accept_every_honest_form_and_nothing_else():
    for three in (3, 3.0, np.float32(3), np.int64(3), torch.tensor(3), torch.tensor([3.0]), np.array([[3]])):
        assert as_number(three) == 3.0
    for other in ("3", True, np.True_, None, [3], torch.ones(2), 10**5000, torch.empty(1, device="meta")):
        assert as_number(other) is None
    assert as_text(" a ") == "a" and as_text(np.str_("b")) == "b" and as_text(b"a") is None
    assert as_list((1, (2,))) == [1, [2]] and as_list(torch.ones(2, 1)) == [[1], [1]] and as_list("ab") is None
    assert shape(torch.ones(2, 3)) == shape([[1, 2, 3], [4, 5, 6]]) == (2, 3)
    assert shape(4) == () and shape([[1], [2, 3]]) is None and shape(["a"]) is None


def test_close_compares_kinds_shapes_and_values():
    half = torch.tensor([0.5, 1.0], requires_grad=True)
    for same in ([0.5, 1], (0.5, 1.0), np.array([0.5, 1.00001]), half.to(torch.bfloat16), [np.float64(0.5), 1]):
        assert close(same, half) and close(half, same)
    for other in ([0.5], [[0.5, 1.0]], [0.5, 1.1], [0.5, math.nan], "0.5 1", None, ANY, [0.5, "1"], [0.5, True]):
        assert not close(other, half)
    assert close({"a": 1, "b": [2.0]}, {"b": (2,), "a": 1.0}) and not close({"a": 1}, {"a": 1, "b": 2})
    assert close("x", "x") and not close("x", "y") and close({1, 2}, {2, 1}) and not close(True, 1)
    assert not close(10**5000, 1.0) and close(10_000, 10_000.5) and not close(0.0, 0.001)


def test_safe_repr_is_short_and_the_same_everywhere():
    assert safe_repr(lambda: 1) == safe_repr(lambda: 2) and "0x" not in safe_repr(object())
    for _, thing in zoo():
        text = safe_repr(thing, 80)
        assert len(text) <= 80 and "\n" not in text
        assert "\n" not in describe(thing)


# --- records and imports ----------------------------------------------------------------------------------


def _shelf(tmp_path, monkeypatch, files: dict[str, str]):
    """all_exercises() as it would be with these files in the exercise package."""
    from course_utils.exercises import chapters

    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setattr(shelf, "_HOME", tmp_path / "chapters")
    monkeypatch.setattr(shelf, "FOLDER", tmp_path / "quiz")
    monkeypatch.setattr(chapters, "__path__", [str(tmp_path / "chapters")])
    shelf._exercise.cache_clear()
    try:
        return shelf.all_exercises.__wrapped__()
    finally:
        for name in [name for name in sys.modules if ".chapters.ch9" in name]:
            del sys.modules[name]


RECORD = "from types import SimpleNamespace as R\nEXERCISE = R(id='{}')"
QUESTION = """\
# Questions

## 90.4 Which one?

- minutes: 2
- difficulty: easy

Which one *looks both ways*?

```python
x = 1
```

- [ ] a. a decoder
  > It looks back only.
- [x] b. an encoder
  > It has no mask.

Hints:

1. Think of masks.
2. Think again.
"""


def test_records_are_found_in_order(tmp_path, monkeypatch):
    files = {f"chapters/ch91/e{n}_name.py": RECORD.format(f"91.{n}") for n in (10, 2)}
    files |= {"chapters/ch90/part/e1_deeper.py": RECORD.format("90.1"), "quiz/90.md": QUESTION}
    found = _shelf(tmp_path, monkeypatch, files)
    assert [record.id for record in found] == ["90.1", "90.4", "91.2", "91.10"]
    question = found[1]
    assert question.question == "Which one *looks both ways*?\n\n```python\nx = 1\n```"
    assert question.options == {
        "a": Option("a decoder", "It looks back only."),
        "b": Option("an encoder", "It has no mask.", True),
    }
    assert question.hints == ("Think of masks.", "Think again.") and question.minutes == 2


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("chapters/ch90/e1_other.py", RECORD.format("90.1"), "90.1 is there twice: in e1_name.py and e1_other.py"),
        ("chapters/ch90/e2_other.py", RECORD.format("91.1"), "e2_other.py of ch90 holds exercise 91.1"),
        ("chapters/ch90/e2_other.py", "EXERCISE = no_such_name", "e2_other.py gives no EXERCISE: NameError"),
        ("chapters/ch90/e2_other.py", "", "e2_other.py gives no EXERCISE: AttributeError"),
        ("quiz/90.md", QUESTION.replace("90.4", "90.1"), "90.1 is there twice"),
        ("quiz/91.md", QUESTION, "quiz/91.md: id '90.4' should look like 91.1"),
        ("quiz/90.md", QUESTION.replace("Hints:", "Help:"), "90.md: '90.4 Which one?' is no question"),
        ("quiz/90.md", QUESTION.replace("  > It looks", "  It looks"), "90.md: '90.4 Which one?' is no question"),
        ("quiz/90.md", QUESTION.replace("[x]", "[ ]"), "90.4 has no choice that is right"),
        ("quiz/90.md", QUESTION.replace("minutes: 2", "minutes: two"), "90.4 needs `minutes`"),
        ("quiz/90.md", QUESTION.replace("difficulty", "hardness"), "90.4 needs `minutes`"),
    ],
)
def test_an_authors_slip_is_named(tmp_path, monkeypatch, file, text, sentence):
    with pytest.raises(CourseError, match=re.escape(sentence)):
        _shelf(tmp_path, monkeypatch, {"chapters/ch90/e1_name.py": RECORD.format("90.1"), file: text})


def test_the_import_is_light():
    """Nothing heavy is imported, not even by the records; a kernel has the standard library loaded already."""
    script = (
        "import sys, time, dataclasses, difflib, html, json, pathlib, pkgutil, re\n"
        "start = time.process_time()\n"
        "from course_utils.exercises import all_exercises, check\n"
        "took = time.process_time() - start\n"
        "all_exercises(); check('0.0')\n"
        "heavy = {'torch', 'numpy', 'transformers', 'IPython', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "print(took)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
        for _ in range(5)
    ]
    assert min(float(run.stdout) for run in runs) < 0.05, "seconds of processor time"
