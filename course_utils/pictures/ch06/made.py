"""`three_vectors`: the vector of a word goes into three matrices, and its query, key and value come out."""

from ..figures import Figure, Table, label, show
from ..style import WIDTH, arrow, box, canvas, plain_style
from .glances import few_colours


def three_vectors(word: str, query=None, key=None, value=None, kinds=(), facts=()) -> Figure:
    """Three matrices make a query, a key and a value of the vector of one word; only numbers that are not 0 are named,
    and without numbers only what the vectors are for.

    `kinds` names the numbers of the query and of the key, `facts` those of the value.
    """
    made = (
        ("query", "What do I look for?", _named(query, kinds)),
        ("key", "What am I?", _named(key, kinds)),
        ("value", "What can I tell?", _named(value, facts)),
    )
    with plain_style():
        figure, axes = canvas(WIDTH, 2.35)
        box(axes, 0.02, 0.86, 1.25, 0.62, f"vector of\n{label(word, 12)}", role="residual stream")
        for number, (role, asks, says) in enumerate(made):
            y = 1.66 - 0.79 * number
            arrow(axes, (1.3, 1.17), (2.06, y + 0.31))
            box(axes, 2.1, y + 0.06, 1.4, 0.5, f"{role} matrix", role=role)
            arrow(axes, (3.53, y + 0.31), (4.0, y + 0.31))
            box(axes, 4.04, y, 2.92, 0.62, f"{role}: {asks}\n{says}".strip(), role=role)
        said = " ".join(f"The {role} matrix makes its {role}: {asks} {says}".strip() for role, asks, says in made)
        table = Table(f"The three vectors of {word}", ("vector", "asks", "numbers"), made)
        alt = f"The vector of {word} goes into three matrices. {said}"
        return few_colours(show(figure, alt=alt, table=None if query is None else table, folded=True))


def _named(numbers, names) -> str:
    if numbers is None:
        return ""
    values = [float(number) for number in numbers]
    names = list(names) or [f"number {i}" for i in range(len(values))]
    return ", ".join(f"{name} {value:g}" for name, value in zip(names, values, strict=True) if value) or "nothing"
