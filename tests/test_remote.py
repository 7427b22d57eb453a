"""The judge in another process says what the judge beside the code says, and takes nothing but data from there.

All answers of all records are compared by `benchmarks/remote.py`; here stand some of each kind, and processes that lie.
"""

import collections
import contextlib
import enum
import itertools
import linecache
import math
import os
import random
import re
import signal
import socket
import struct
import sys
import threading
from fractions import Fraction

import msgpack
import numpy as np
import pytest
import torch

from course_utils.describing import describe
from course_utils.exercises import Exercise, shelf
from course_utils.exercises.answers import call, close
from course_utils.exercises.engine import judge
from course_utils.workshop.judging import remote_line
from course_utils.workshop.judging.remote import Unjudgeable, judge_remotely, offer
from course_utils.workshop.judging.remote_line import Line
from course_utils.workshop.judging.wire import RAW, STRUCTURE, Wire, WireError
from course_utils.workshop.judging.wire_reading import Decoder
from course_utils.workshop.judging.wire_writing import Encoder

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes of these tests are forked"),
    pytest.mark.usefixtures("one_thread"),
]
_cells = itertools.count(1)


# --- the same verdict ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def process(work):
    """A socket to a forked process that runs `work(socket)`; it is killed at the end."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        try:
            ours.close()
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, 1), os.dup2(null, 2)
            work(theirs)
        finally:
            os._exit(0)
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@contextlib.contextmanager
def liar(work):
    """A socket to a thread that runs `work(socket)` and then listens: for what needs no process of its own."""
    ours, theirs = socket.socketpair()

    def run():
        with contextlib.suppress(OSError, WireError):
            work(theirs)
            theirs.settimeout(None)
            while theirs.recv(1 << 16):
                pass

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield ours
    finally:
        ours.close()
        thread.join()
        theirs.close()


def answer_of(record, code: str):
    """The answer that this cell gives, in a namespace as that of a notebook."""
    space, name = {"__name__": "__main__"}, f"<cell {next(_cells)}>"
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    torch.manual_seed(0)
    exec(compile(record.context, "<context>", "exec"), space)
    exec(compile(code, name, "exec"), space)
    return eval(record.answer, space)


def remotely(record, code: str, seconds: float = 20) -> tuple[str, str]:
    with process(lambda sock: offer(sock, lambda: answer_of(record, code))) as sock:
        return judge_remotely(record, sock, seconds=seconds)


def assert_same(record, code: str) -> tuple[str, str]:
    here = judge(record, answer_of(record, code))
    there = remotely(record, code)
    verdicts = [(status, re.sub(r"/tmp/\w+", "/tmp/…", text)) for status, text in (here, there)]
    assert verdicts[0] == verdicts[1]
    return there


SAMPLE = {  # what a record is here for
    "0.3": "models, which a function may change",
    "1.3": "fractions, complex numbers",
    "2.2": "functions of PyTorch are watched",
    "2.6": "a toy model that notes what was called",
    "2.14": "functions of the judge, in a dictionary",
    "5.4": "texts",
    "6.2": "tensors, nested lists",
    "6.8": "bound methods, and objects for `with`",
    "7.3": "a model and its optimizer, with hooks",
    "7.6": "a class whose objects are modules",
    "8.3": "random numbers",
    "8.7": "a model whose methods the check replaced",
    "8b.3": "gradients that must lead back to the input",
    "10.1": "classes as arguments, iterators in the answer",
    "10.42": "two functions, files, and models that come back",
    "4.4": "a question",
}


@pytest.mark.parametrize("id", SAMPLE)
def test_the_verdict_is_that_of_the_judge_beside_the_code(id):
    record = shelf.find(id)
    wrong = random.Random(id).sample([wrong.code for wrong in record.wrong], 2)
    verdicts = [assert_same(record, code) for code in (record.starter, record.solution, *wrong)]
    assert [status for status, _ in verdicts[:2]] == ["not attempted", "correct"]
    assert "correct" not in [status for status, _ in verdicts[2:]]


def record_for(check, answer="f", **more) -> Exercise:
    """A made-up record with this check."""
    texts = {name: "" for name in ("title", "difficulty", "starter", "solution")}
    lists = {name: () for name in ("hints", "wrong", "alternatives")}
    return Exercise(id="9.1", minutes=1, answer=answer, check=check, **texts | lists | more)


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    y = 1\n    return x / 0",
        "def f(x):\n    exit()",
        "def f(x):\n    raise type('Odd`Name', (Exception,), {'__str__': lambda s: 1 / 0})",
        "class f:\n    def __init__(self, x):\n        self.x = x['key']",
        "import functools\n@functools.wraps(len)\ndef f(x):\n    return int('a')",
        "f = len",
        "f = 3",
        "f = lambda x, unused=2: [x]",
        "def f(x):\n    yield x",
        "async def f(x):\n    return x",
        "def f(x):\n    x.append(1)\n    return x",
        "def f(x):\n    print('spam' * 100_000)\n    return x",
        "def f(x):\n    return None",
        "def f(x):\n    return [..., 1]",
        "def f(x):\n    return range(10**12)",
        "def f(x):\n    return 10 ** 20000",
        "def f(x):\n    x = []\n    x.append(x)\n    return x",
        "class A(str):\n    __hash__ = None\n    def __eq__(self, other):\n        return True\nf = lambda x: A('a')",
        "class A:\n    @property\n    def __class__(self):\n        return list\ndef f(x):\n    return A()",
        "class A:\n    def __repr__(self):\n        return 'one\\ntwo'\ndef f(x):\n    return [A(), {1: A()}]",
        "class A:\n    def __repr__(self):\n        raise ValueError\ndef f(x):\n    return A()",
        "import torch\ndef f(x):\n    return torch.empty(3, device='meta')",
        "import torch\ndef f(x):\n    return torch.zeros(1).expand(10**9)[:0]",
        "import torch\ndef f(x):\n    return torch.nn.Linear(2, 2)",
        "import numpy as np\ndef f(x):\n    return np.datetime64('2026-01-01')",
    ],
)
def test_whatever_a_function_does_the_sentence_is_the_same(code):
    def check(answer):
        value = call(answer, [1.0, 2.0])
        return None if close(value, [1.0]) else f"Given: {describe(value)}."

    assert_same(record_for(check), code)


def test_an_interrupt_of_the_code_does_not_interrupt_the_judge():
    verdict = remotely(record_for(lambda answer: call(answer, 1)), "def f(x):\n    raise KeyboardInterrupt('now')")
    assert verdict[0] == "error in your code" and "`f(1)` stopped with KeyboardInterrupt: now, in line 2" in verdict[1]


def test_what_a_function_did_to_the_judges_objects_is_seen_and_then_taken_back():
    kept, seen = [1, [2]], []
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    steps = []
    optimizer.register_step_post_hook(lambda *given: steps.append(1))
    weight, array = model[0].weight.detach().clone(), np.zeros(3)
    before = random.getstate(), torch.get_rng_state()

    def check(answer):
        value = answer(kept, model, optimizer, array, seen.append)
        assert value is kept and kept == [1, [2, 3], model] and kept[2] is model
        assert seen == ["called"] and steps == [1] and array.tolist() == [0, 5, 0]
        assert not torch.equal(model[0].weight, weight) and not model.training and model.note == "mine"
        assert not model[1].weight.requires_grad and model[0].weight.grad is not None
        return None

    code = (
        "import torch, random\n"
        "def f(kept, model, optimizer, array, tell):\n"
        "    tell('called')\n"
        "    kept[1].append(3)\n"
        "    kept.append(model)\n"
        "    array[1] = 5\n"
        "    model.eval()\n"
        "    model.note = 'mine'\n"
        "    model(torch.ones(1, 2)).sum().backward()\n"
        "    optimizer.step()\n"
        "    model[1].weight.requires_grad_(False)\n"
        "    random.random(), torch.rand(3)\n"
        "    return kept\n"
    )
    assert remotely(record_for(check), code)[0] == "correct"
    assert kept == [1, [2]] and array.tolist() == [0, 0, 0] and torch.equal(model[0].weight, weight)
    assert model.training and not hasattr(model, "note") and model[1].weight.requires_grad
    assert model[0].weight.grad is None and steps == []
    assert random.getstate() == before[0] and torch.equal(torch.get_rng_state(), before[1])


def test_random_numbers_go_on_across_the_line_as_in_one_process():
    def draw():
        return [random.random(), np.random.rand(), torch.rand(1).item()]

    def check(answer):
        for seed in (random.seed, np.random.seed, torch.manual_seed):
            seed(5)
        expected = [draw() for _ in range(4)]
        for seed in (random.seed, np.random.seed, torch.manual_seed):
            seed(5)
        assert [answer(), draw(), draw(), answer()] == expected

    code = "import random, torch\nimport numpy as np\n"
    code += "f = lambda: [random.random(), np.random.rand(), torch.rand(1).item()]"
    assert remotely(record_for(check), code)[0] == "correct"


def test_the_globals_of_the_judge_are_out_of_reach():
    """A function that hangs on a model goes there by value, but what it reads in its module stays as it is."""

    def check(answer):
        model = torch.nn.Linear(1, 1)
        model.help = lambda: SAMPLE
        answer(model)
        assert SAMPLE["0.3"] == "models, which a function may change"

    code = "def f(model):\n    model.help()['0.3'] = 'changed'\n    model.help.__globals__['SAMPLE'] = 1\n    return 1"
    assert remotely(record_for(check), code)[0] == "correct"


def test_a_cell_that_stops_is_the_verdict():
    record = record_for(lambda answer: None)
    status, message = remotely(record, "import math\nf = math.nothing_like_this")
    assert status == "error in your code" and "AttributeError" in message and "in line 2 of the cell" in message
    assert remotely(record, "print(")[0] == "error in your code"


def test_what_cannot_be_carried_is_left_to_a_person():
    def check(answer):
        model = torch.nn.Linear(1, 1)
        model.lock = __import__("threading").Lock()
        return call(answer, model)

    with pytest.raises(Unjudgeable, match="yourself"):
        remotely(record_for(check), "def f(model): return 1")


# --- processes that end, hang or lie ------------------------------------------------------------------------

_SHOUT = """
import os, stat
def f(x):
    for handle in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(handle).st_mode):
                os.write(handle, b'x' * 999)
        except OSError:
            pass
"""


GIVEN = record_for(lambda answer: f"Given: {describe(call(answer, 1))}.")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("def f(x):\n    while True: pass", "Your function was stopped"),
        ("import time\ndef f(x): time.sleep(100)", "Your function was stopped"),
        ("import time\ntime.sleep(100)", "The cell was stopped"),
    ],
)
def test_what_never_comes_to_an_end(code, sentence):
    assert sentence in remotely(GIVEN, code, seconds=0.4)[1]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("import os\ndef f(x): os._exit(0)", "ended before the check was through"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nf = 1", "ended before the check was through"),
        (_SHOUT, "cannot be judged"),
        ("def f(x): return [0] * 10_000_000", "too many parts"),
        ("import numpy as np\ndef f(x): return [np.zeros(3_000_000) for _ in range(5)]", "more than 64 MiB"),
    ],
)
def test_what_ends_its_process_or_gives_too_much(code, sentence):
    status, message = remotely(GIVEN, code)
    assert status == "error in your code" and sentence in message


def test_what_is_nested_a_hundred_thousand_times():
    code = "def f(x):\n    x = ()\n    for _ in range(100_000): x = (x,)\n    return x"
    assert remotely(GIVEN, code)[0] in ("not yet", "error in your code")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system gives no such limit")
def test_a_check_that_is_led_to_build_a_huge_text_has_little_memory():
    record = record_for(lambda answer: "x" * (answer() << 30))
    assert remotely(record, "def f(): return 3")[1].startswith("The check cannot work with this.")


def packed(root, *nodes, raw: bytes = b"") -> bytes:
    structure = msgpack.packb([root, list(nodes)], unicode_errors="surrogatepass")
    return struct.pack(">IQ", len(structure), len(raw)) + structure + raw


def message(*nodes, raw: bytes = b"") -> bytes:
    """The reply `value`, whose value is the last of these nodes."""
    place = len(nodes)
    empty, state = ["l", [], None], Encoder().encode(remote_line.chance())
    root, more = msgpack.unpackb(state[0], unicode_errors="surrogatepass")
    shift = place + 1

    def moved(item):
        if type(item) is list and len(item) == 1 and type(item[0]) is int:
            return [item[0] + shift]
        return [moved(part) for part in item] if type(item) is list else item

    more = [moved(node) for node in more]
    parts = ["value", [place - 1], [place], moved(root), [place], [place]]
    whole = [*nodes, empty, *more, ["t", parts, None]]
    return packed([len(whole) - 1], *whole, raw=raw)


LIES = {
    "nothing": b"",
    "rubbish": random.Random(0).randbytes(5_000),
    "zeros": bytes(5_000),
    "a length that nobody has": struct.pack(">IQ", 2**32 - 1, 2**60),
    "a promise that is not kept": struct.pack(">IQ", STRUCTURE, RAW) + b"x",
    "no table": struct.pack(">IQ", 1, 0) + b"\xc0",
    "a hundred thousand brackets": struct.pack(">IQ", 100_000, 0) + b"\x91" * 100_000,
    "a map": packed({}, []),
    "an unknown tag": message(["exec", "import os"]),
    "another message": packed([0], ["t", ["stop"], None]),
    "a shape below zero": message(["n", "float32", [-1], False]),
    "a shape that is NaN": message(["n", "float32", [math.nan], False]),
    "a huge shape": message(["n", "float32", [2**30, 2**30], False]),
    "a huge empty shape": message(["T", "float32", [0] + [2**31 - 1] * 30, False, False, None]),
    "no shape": message(["T", "float32", "(3,)", False, False, None], raw=b"x" * 12),
    "too few numbers": message(["T", "float64", [2], False, False, None], raw=b"x" * 8),
    "too many numbers": message(["n", "int8", [1], False], raw=b"x" * 8),
    "numbers of another kind": message(["n", "object", [1], False], raw=b"x" * 8),
    "numbers by name": message(["T", "load", [1], False, False, None], raw=b"x" * 8),
    "gradients of whole numbers": message(["T", "int64", [1], True, False, None], raw=b"x" * 8),
    "a long number": message(["i", b"1" * 100_000, None]),
    "a long range": message(["r", 0, 10**18, 1]),
    "a range of text": message(["r", "0", "1", "2"]),
    "a fraction of nothing": message(["f", 1, 0]),
    "an array of one long text": message(["u", [1000], ["x" * 1_000_000] + [""] * 999, False]),
    "a tuple in itself": message(["t", [[0]], None]),
    "a key that is a list": message(["l", [], None], ["d", [[0], 1], None]),
    "half a pair": message(["d", [1], None]),
    "a reference to nothing": message(["l", [[77]], None]),
    "a reference below zero": message(["l", [[-1]], None]),
    "a type without a name": message(["v", "x", [None, "m", "r", True]]),
    "a type with a long name": message(["v", "x", ["n" * 10_000, "m", "r", True]]),
    "a type with half a character": message(["v", "x", ["\ud800\0", "m", "r", True]], ["zzz"]),
    "a judge's thing that was never given": message(["ours", 5]),
    "an argument that was never sent": message(["sent", 3, 4]),
    "a function with a number for its name": message(["function", 1, 2, 3, True, "", 1, "m", []]),
    "a function with odd names": message(["function", 1, "f", "f", True, "", 1, "m", [[1, 2, 3]]]),
    "a model of texts": message(["module", 1, ["M", "m", None, True], [["w", "x"]], [], [], True, []]),
    "an object that is everything": message(["object", {}, ["M", "m", None, True], True, "x", "os", False]),
    "a coroutine with a long name": message(["lazy", True, "x" * 1_000]),
    "asks for what it was not given": packed(
        [2], ["t", [], None], ["d", [], None], ["t", ["ask", 0, "call", [0], [1]]]
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_process_that_lies_gets_one_sentence(lie):
    def send(sock):
        Wire(sock, RAW, RAW).receive()
        sock.settimeout(None)
        sock.sendall(LIES[lie])

    with liar(send) as sock:
        status, text = judge_remotely(record_for(lambda answer: None), sock, seconds=1)
    assert status == "error in your code" and len(text) < 400 and "Traceback" not in text


def test_a_lie_in_the_middle_of_a_check_is_the_verdict_whatever_the_check_makes_of_it():
    def check(answer):
        with contextlib.suppress(Exception):
            answer(1)
        with contextlib.suppress(Exception):
            answer(1)
        return None  # correct

    def send(sock):
        wire = Wire(sock, RAW, RAW)
        wire.receive()
        sock.sendall(message(["function", 1, "f", "f", False, "", 1, "m", []]))
        wire.receive()
        sock.sendall(LIES["an unknown tag"])

    with liar(send) as sock:
        assert judge_remotely(record_for(check), sock, seconds=1)[0] == "error in your code"


def test_only_what_was_given_can_be_changed_or_called():
    """Each of these is a reply to a call of the answer with one list; what it tells must not be done."""
    given, victim = [1, 2], {"kept": True}
    state = remote_line.chance()
    replies = [
        ("value", 1, [((0, 99), [3])], state, [], []),
        ("value", 1, [((-1, 0), [3])], state, [], []),
        ("value", 1, [((0, 0), {"a": 1})], state, [], []),
        ("value", 1, [], (None, None, None), [], []),
        ("value", 1, [], ((b"x" * 2500, None), (b"y" * 2496, 10**9, 0, 0.0), None), [], []),
        ("value", 1, [], state, ["softmax"] * 10_000, []),
        ("value", 1, [], state, [], [{"../outside": b""}]),
        ("ask", 0, "enter", (), {}),
        ("ask", 0, "__globals__", (), {}),
        ("ask", -1, "call", (), {}),
        ("error", ("E", "text", (1, "m", -5, 7)), [], state, [], []),
        ("error", ("E" * 1000, "text", None), [], state, [], []),
        ("refused", 5),
    ]
    for reply in replies:

        def send(sock, reply=reply):
            wire = Wire(sock, RAW, RAW)
            wire.receive()
            sock.sendall(message(["function", 1, "f", "f", False, "", 1, "m", []]))
            wire.receive()
            wire.send(*Encoder().encode(reply))

        def check(answer):
            answer(given, victim.clear)
            return None

        with liar(send) as sock:
            assert judge_remotely(record_for(check), sock, seconds=1)[0] == "error in your code", reply
    assert given == [1, 2] and victim == {"kept": True}


def test_what_an_earlier_call_was_given_can_no_longer_be_changed():
    first, second = [1], [2]

    def send(sock):
        wire = Wire(sock, RAW, RAW)
        wire.receive()
        sock.sendall(message(["function", 1, "f", "f", False, "", 1, "m", []]))
        wire.receive()
        wire.send(*Encoder().encode(("value", 1, [], None, [], [])))
        wire.receive()
        wire.send(*Encoder().encode(("value", 1, [((0, 0), [9])], None, [], [])))

    def check(answer):
        answer(first)
        with contextlib.suppress(WireError):
            answer(second)
        return None if first == [1] else "it was changed"

    with liar(send) as sock:
        assert judge_remotely(record_for(check), sock, seconds=5)[0] == "error in your code"


def test_a_process_that_floods_the_judge_is_cut_off():
    def flood(sock):
        Wire(sock, RAW, RAW).receive()
        big = packed([3], ["v", "x" * 1_000_000, None], ["t", [[0]], None], ["d", [], None], ["t", ["ask", 0, "call"]])
        sock.settimeout(None)
        while True:
            sock.sendall(big)

    with liar(flood) as sock:
        assert judge_remotely(record_for(lambda answer: None), sock, seconds=1)[0] == "error in your code"


# --- the codec ----------------------------------------------------------------------------------------------


class _Word(str):
    pass


class _Odd(list):
    def __repr__(self):
        return "Odd\nlist"


class _Number(enum.IntEnum):
    THREE = 3


_Pair = collections.namedtuple("_Pair", "x y")
_SELF: list = [1]
_SELF.append(_SELF)
VALUES = [1, True, None, 2**70, -(2**63), 10**5000, 1.5, math.nan, "a", "\ud800", b"x", bytearray(b"1"), 3 + 4j, ...]
VALUES += [Fraction(1, 3), range(3), [1, [2]], (1, (2, [3])), {1: [2], "a": {(1, 2): 3}}, {1, 2}, frozenset({3}), _SELF]
VALUES += [_Word("w"), _Odd([1]), _Number.THREE, _Pair(1, 2), collections.OrderedDict(a=1), collections.Counter("aab")]
VALUES += [
    collections.deque([1]),
    np.arange(6).reshape(2, 3),
    np.arange(6).reshape(2, 3).T,
    np.float32(2),
    np.str_("q"),
]
VALUES += [
    np.array(["a", "bc"]),
    np.array([1, None, "a"], dtype=object),
    np.bool_(True),
    np.zeros((0, 3)),
    np.array(3.5),
]
VALUES += [
    torch.ones(2, 3),
    torch.tensor(3),
    torch.tensor([1.0], requires_grad=True),
    torch.nn.Parameter(torch.ones(2)),
]
VALUES += [torch.zeros(2, 0), torch.ones(2).bfloat16(), torch.tensor([True]), torch.tensor([1 + 2j]).conj()]
VALUES += [torch.Size([1, 2]), torch.ones(2).max(0), torch.arange(6).view(2, 3)[:, 1], torch.ones(1, 4)[:, ::2]]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_data_comes_back_as_it_was(value):
    again = Decoder().decode(*Encoder().encode(value))
    assert describe(again) == describe(value)
    for base in (str, int, float, list, tuple, dict, set, np.ndarray, np.generic, torch.Tensor, torch.nn.Parameter):
        assert isinstance(again, base) == isinstance(value, base)
    if isinstance(value, torch.Tensor):
        assert torch.equal(again, value) and again.dtype == value.dtype and again.requires_grad == value.requires_grad
    elif isinstance(value, np.ndarray):
        assert again.tolist() == value.tolist() and again.dtype == value.dtype
    elif value is not _SELF and value == value:
        assert again == value


def test_what_is_shared_stays_shared_and_depth_costs_no_stack():
    shared = [1]
    first, second = Decoder().decode(*Encoder().encode((shared, shared)))
    assert first is second
    deep: list = []
    for _ in range(20_000):
        deep = [deep]
    again = Decoder().decode(*Encoder().encode(deep))
    for _ in range(20_000):
        (again,) = again
    assert again == []


def test_no_bytes_bring_the_reader_down():
    """Seeded changes of honest messages: a value or a WireError, nothing else, and little memory."""
    chance = random.Random(7)
    honest = [Encoder().encode(value) for value in VALUES]
    read = failed = 0
    for _ in range(4_000):
        structure, raw = map(bytearray, chance.choice(honest))
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(structure))
            match chance.randrange(3):
                case 0:
                    structure[place] = chance.randrange(256)
                case 1:
                    del structure[place : place + chance.randint(1, 5)]
                case 2:
                    structure[place:place] = chance.randbytes(chance.randint(1, 5))
            if not structure:
                break
        try:
            value = Decoder().decode(bytes(structure), bytes(raw))
            read += 1
            assert sys.getsizeof(value) < 1_000_000
        except WireError:
            failed += 1
    assert read > 50 and failed > 2_000


def test_a_line_that_is_broken_stays_broken():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = Line(ours)
        theirs.sendall(LIES["rubbish"])
        with pytest.raises(WireError):
            line.get(1, "name")
        theirs.sendall(message(["v", "late", None]))
        with pytest.raises(WireError):
            line.get(1, "name")
