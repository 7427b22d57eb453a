"""6.8 Damage of every head."""

from course_utils.exercises.answers import as_list, call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import NUMPY, shaped

_DAMAGE = (
    "def damage_of(score, cut, layers, heads):\n"
    "    whole, damage = score(), np.zeros((layers, heads))\n"
    "    for layer in range(layers):\n"
    "        for head in range(heads):\n"
    "            with cut(layer, head):\n"
    "                damage[layer, head] = whole - score()\n"
    "    return damage"
)


class _Toy:
    """A stand-in for a model with heads: each cut head lowers its score by an amount of its own."""

    def __init__(self, cost):
        self.cost, self.missing, self.states = cost, [], set()

    def score(self) -> float:
        self.states.add(tuple(self.missing))
        return 0.9 - sum(self.cost[layer][head] for layer, head in self.missing)

    def cut(self, layer, head):
        if not (0 <= layer < len(self.cost) and 0 <= head < len(self.cost[0])):
            raise IndexError(f"cut(layer={layer}, head={head}): there is no such head")
        return _Cut(self, (layer, head))


class _Cut:
    """What `cut` returns: the head is gone inside `with` only."""

    def __init__(self, toy, which):
        self.toy, self.which = toy, which

    def __enter__(self):
        self.toy.missing.append(self.which)

    def __exit__(self, *error):
        self.toy.missing.remove(self.which)


def _check_damage(answer) -> str | None:
    import numpy as np

    cost = [[0.3, 0.0, -0.1], [0.05, 0.6, 0.2]]
    toy, right = _Toy(cost), np.array(cost)
    got = call(answer, toy.score, toy.cut, 2, 3)
    if toy.missing:
        return "After your function some heads are still cut: use `with cut(layer, head):`, which puts them back."
    if shape(got) == (3, 2) and close(got, right.T):
        return "Rows and columns are swapped: `[layers, heads]`."
    if shape(got) != (2, 3):
        return f"Two layers of three heads should give `[2, 3]`; given: {shaped(got)}."
    if close(got, right):
        other = _Toy((0.1 - np.arange(12.0).reshape(3, 4) / 50).tolist())
        if close(call(answer, other.score, other.cut, 3, 4), other.cost):
            return None
        return "It is right for two layers of three heads, but not for three layers of four: use `layers` and `heads`."
    if close(got, -right):
        return "The sign is turned round: damage is positive where the score falls."
    if close(got, 0.9 - right):
        return "Those are the scores with each head cut; subtract them from the score of the whole model."
    if close(got, np.zeros((2, 3))) and len(toy.states) > 1:
        return "You took both scores in the same state: score the whole model once, before you cut anything."
    if close(got, np.zeros((2, 3))):
        return "Nothing was cut when you scored: `cut(layer, head)` acts inside its `with` block only."
    if close(got, right.cumsum().reshape(2, 3)) or close(got, right.cumsum(1)):
        return "Your cuts pile up: leave one `with` block before you enter the next."
    if close(got, abs(right)):
        return "Keep the sign: cutting a head can raise the score, and then its damage is negative."
    if close(got, right / 0.9, 1e-3):
        return "You divided by the score of the whole model: return the plain difference."
    if close(got, [[right[0, 0]] * 3, [right[1, 0]] * 3]) or close(got, [list(right[0])] * 2):
        return "Some heads were never cut: go through all pairs of layer and head."
    return f"Expected {right.tolist()} for a toy model; given: {describe(as_list(got))}."


EXERCISE = Exercise(
    id="6.8",
    title="Damage of every head",
    minutes=8,
    difficulty="medium",
    starter="def damage_of(score, cut, layers, heads):\n    ...",
    answer="damage_of",
    check=_check_damage,
    context=NUMPY,
    expects="a function that returns an array [layers, heads]",
    hints=(
        "Score once with nothing cut. Then two loops, and inside them `with cut(layer, head):`.",
        "The damage is the score of the whole model minus the score inside the `with` block.",
    ),
    solution=_DAMAGE,
    wrong=(
        Wrong(changed(_DAMAGE, ("whole - score()", "score() - whole")), "The sign is turned round"),
        Wrong(changed(_DAMAGE, ("whole - score()", "score()")), "Those are the scores with each head cut"),
        Wrong(
            changed(_DAMAGE, ("            with cut(layer, head):\n    ", "            cut(layer, head)\n")),
            "Nothing was cut when you scored",
        ),
        Wrong(changed(_DAMAGE, ("whole - score()", "abs(whole - score())")), "Keep the sign"),
        Wrong(changed(_DAMAGE, ("whole - score()", "score() - score()")), "You took both scores in the same state"),
        Wrong(
            changed(
                _DAMAGE, ("((layers, heads))", "((2, 3))"), ("range(layers)", "range(2)"), ("range(heads)", "range(3)")
            ),
            "not for three layers of four",
        ),
        Wrong(changed(_DAMAGE, ("return damage", "return damage.T")), "Rows and columns are swapped: `[layers"),
        Wrong(changed(_DAMAGE, ("return damage", "return damage / whole")), "You divided by the score"),
        Wrong(changed(_DAMAGE, ("with cut(layer, head):", "with cut(layer, 0):")), "Some heads were never cut"),
        Wrong(
            changed(_DAMAGE, ("with cut(layer, head):\n    ", "cut(layer, head).__enter__()\n")),
            "some heads are still cut",
        ),
        Wrong(
            "from contextlib import ExitStack\n\n"
            "def damage_of(score, cut, layers, heads):\n"
            "    whole, damage = score(), np.zeros((layers, heads))\n"
            "    with ExitStack() as stack:\n"
            "        for layer in range(layers):\n"
            "            for head in range(heads):\n"
            "                stack.enter_context(cut(layer, head))\n"
            "                damage[layer, head] = whole - score()\n"
            "    return damage",
            "Your cuts pile up",
        ),
    ),
    alternatives=(
        "def damage_of(score, cut, layers, heads):\n"
        "    def without(layer, head):\n"
        "        with cut(layer, head):\n"
        "            return score()\n"
        "    whole = score()\n"
        "    return [[whole - without(i, j) for j in range(heads)] for i in range(layers)]",
    ),
)
