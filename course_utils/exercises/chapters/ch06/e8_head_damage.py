"""6.8 Damage of every head."""

from course_utils.exercises.answers import call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import first_slip

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
    """A stand-in for a model with heads: each cut head lowers its score by an amount of its own.

    `asked` holds which heads were gone whenever somebody asked for the score.
    """

    def __init__(self, cost, whole=9.5):
        self.cost, self.whole, self.missing, self.asked = cost, whole, [], []

    def score(self) -> float:
        self.asked.append(tuple(self.missing))
        return self.whole - sum(self.cost[layer][head] for layer, head in self.missing)  # an int as long as all are

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

    cost = [[1.3, 0.0042, -0.7], [0.05, 2.6, 0.2]]
    toy, right = _Toy(cost), np.array(cost)
    got = call(answer, toy.score, toy.cut, 2, 3)
    if says := _unlike_asked(toy):
        return says
    if shape(got) == (3, 2) and close(got, right.T):
        return "Rows and columns are swapped: `[layers, heads]`."
    if shape(got) != (2, 3):
        return f"Two layers of three heads should give `[2, 3]`; given: {shaped(got)}."
    if not close(got, right):
        return (
            first_slip(
                got,
                (
                    (-right, "The sign is turned round: damage is positive where the score falls."),
                    (
                        9.5 - right,
                        "Those are the scores with each head cut; subtract them from the score of the whole model.",
                    ),
                    (abs(right), "Keep the sign: cutting a head can raise the score, and then its damage is negative."),
                    (right.clip(0), "Keep what is below 0: where a cut raises the score, the damage is negative."),
                    (right / 9.5, "You divided by the score of the whole model: return the plain difference."),
                    (np.trunc(right), _WHOLE),
                    (right.T.reshape(2, 3), "The numbers stand in the wrong order: all heads of layer 0 come first."),
                ),
            )
            or f"Expected {cost} for a toy model; given: {describe(got)}."
        )
    for cost, whole, what in (
        ((0.1 - np.arange(12.0).reshape(3, 4) / 50).tolist(), 0.9, "for three layers of four heads"),
        ([[0.5, -0.25]], 1, "where the score of the whole model is the whole number 1"),
        ([[0.5], [0.25], [0.3]], -2.0, "for three layers of one head, where all scores are below 0"),
    ):
        other = _Toy(cost, whole)
        got = call(answer, other.score, other.cut, len(cost), len(cost[0]))
        if not close(got, cost):
            return (
                f"It is right for two layers of three heads, but not {what}: expected {cost}; given: {describe(got)}."
            )
    return None


_WHOLE = (
    "Your result holds whole numbers only, so all behind the point is lost. An array that was made from whole numbers, "
    "or with `dtype=int`, cannot hold others."
)


def _unlike_asked(toy: _Toy) -> str | None:
    """A sentence if the score was never asked for in a state that the exercise needs."""
    gone = set(toy.asked)
    pairs = {(layer, head) for layer, row in enumerate(toy.cost) for head in range(len(row))}
    if toy.missing:
        return "After your function some heads are still cut: use `with cut(layer, head):`, which puts them back."
    if not gone:
        return "You never called `score()`."
    if any(len(which) > 1 for which in gone):
        return "Your cuts pile up: leave one `with` block before you enter the next."
    if gone == {()}:
        return "Nothing was cut when you scored: `cut(layer, head)` acts inside its `with` block only."
    if () not in gone:
        return "You never took the score of the whole model, with no head cut."
    if missing := sorted(pairs - {which[0] for which in gone if which}):
        return f"You never took the score without the head {missing[0]}: go through all pairs of layer and head."
    return None


EXERCISE = Exercise(
    id="6.8",
    title="Damage of every head",
    minutes=10,
    difficulty="medium",
    starter="def damage_of(score, cut, layers, heads):\n    ...",
    answer="damage_of",
    check=_check_damage,
    context=NUMPY,
    expects="a function that returns an array [layers, heads]",
    hints=(
        "How often must you take the score for two layers of three heads? In which of these cases is nothing cut?",
        "Score once with nothing cut. Then two loops, over layers and heads, and in them a block that cuts one head.",
        "Inside `with cut(layer, head):` the damage is the score of the whole model minus `score()`.",
    ),
    why="The score of the whole model is taken once, outside all cuts. Each `with` block takes one head away and puts "
    "it back at its end, so every head is judged alone; the difference is positive where the score falls.",
    solution=_DAMAGE,
    wrong=(
        Wrong(changed(_DAMAGE, ("whole - score()", "score() - whole")), "The sign is turned round"),
        Wrong(changed(_DAMAGE, ("whole - score()", "score()")), "Those are the scores with each head cut"),
        Wrong(
            changed(_DAMAGE, ("            with cut(layer, head):\n    ", "            cut(layer, head)\n")),
            "Nothing was cut when you scored",
        ),
        Wrong(changed(_DAMAGE, ("whole - score()", "abs(whole - score())")), "Keep the sign"),
        Wrong(
            changed(_DAMAGE, ("score(), np.zeros", "0, np.zeros"), ("whole - score()", "score() - score()")),
            "You never took the score of the whole model",
        ),
        Wrong(
            changed(
                _DAMAGE, ("((layers, heads))", "((2, 3))"), ("range(layers)", "range(2)"), ("range(heads)", "range(3)")
            ),
            "not for three layers of four",
        ),
        Wrong(changed(_DAMAGE, ("return damage", "return damage.T")), "Rows and columns are swapped: `[layers"),
        Wrong(changed(_DAMAGE, ("return damage", "return damage / whole")), "You divided by the score"),
        Wrong(
            changed(_DAMAGE, ("with cut(layer, head):", "with cut(layer, 0):")),
            "You never took the score without the head",
        ),
        Wrong(
            changed(_DAMAGE, ("with cut(layer, head):\n    ", "cut(layer, head).__enter__()\n")),
            "some heads are still cut",
        ),
        Wrong(changed(_DAMAGE, ("heads))\n", "heads), dtype=int)\n")), "all behind the point is lost"),
        Wrong(
            changed(_DAMAGE, ("np.zeros((layers, heads))", "np.full((layers, heads), score())")), "the whole number 1"
        ),
        Wrong(changed(_DAMAGE, ("whole - score()", "max(0, whole - score())")), "Keep what is below 0"),
        Wrong(changed(_DAMAGE, ("whole - score()", "round(whole - score(), 2)")), "for a toy model; given"),
        Wrong("def damage_of(score, cut, layers, heads):\n    return np.zeros((layers, heads))", "never called"),
        Wrong(
            "def damage_of(score, cut, layers, heads):\n"
            "    whole, falls = score(), []\n"
            "    for head in range(heads):\n"
            "        for layer in range(layers):\n"
            "            with cut(layer, head):\n"
            "                falls.append(whole - score())\n"
            "    return np.array(falls).reshape(layers, heads)",
            "stand in the wrong order",
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
    also_wrong=(
        changed(_DAMAGE, ("cut(layer, head)", "cut(head, layer)")),
        changed(_DAMAGE, ("                damage", "                pass\n            damage")),
        "def damage_of(score, cut, layers, heads):\n"
        "    before, damage = score(), np.zeros((layers, heads))\n"
        "    for place in np.ndindex(layers, heads):\n"
        "        with cut(*place):\n"
        "            now = score()\n"
        "        before, damage[place] = now, before - now\n"
        "    return damage",
    ),
    alternatives=(
        "def damage_of(score, cut, layers, heads):\n"
        "    def without(layer, head):\n"
        "        with cut(layer, head):\n"
        "            return score()\n"
        "    whole = score()\n"
        "    return [[whole - without(i, j) for j in range(heads)] for i in range(layers)]",
        "import torch\n\n"
        "def damage_of(score, cut, layers, heads):\n"
        "    damage = torch.zeros(layers, heads)\n"
        "    for i in range(layers):\n"
        "        for j in range(heads):\n"
        "            with cut(i, j):\n"
        "                damage[i, j] -= score()\n"
        "    return damage + score()",
    ),
)
