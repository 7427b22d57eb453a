"""5.2 The family from its traces."""

from course_utils.exercises.answers import as_text, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH

_FAMILY = (
    "def family_of(seen):\n"
    "    n = len(seen)\n"
    "    if not seen.triu(1).any():  # right of the diagonal: later tokens\n"
    '        return "decoder"\n'
    "    if any(not seen[:start, start:].any() for start in range(1, n)):  # where the target may begin\n"
    '        return "encoder-decoder"\n'
    '    return "encoder"'
)

_FAR = 99  # tokens: a window as wide as any table here


def _table(source: int, target: int, left: int = _FAR, right: int = _FAR):
    """What is seen: in the source so many tokens to both sides, in the target so many back and the whole source."""
    import torch

    def near(n, ahead):
        return torch.ones(n, n, dtype=torch.bool).triu(-left).tril(ahead)

    table = torch.block_diag(near(source, right), near(target, 0)).bool()
    table[source:, :source] = True
    return table


# (source, target, left, right): the advice where it is taken for another family
_ADVICE = {
    (4, 0, _FAR, _FAR): {},
    (0, 5, _FAR, _FAR): {
        "encoder-decoder": "Its triangle has an empty corner as well: first ask whether any state sees a later token.",
    },
    (5, 2, _FAR, _FAR): {
        "decoder": "Its first state sees the fifth token: a target looks back only, a source both ways.",
        "encoder": "Try every place where the target may begin.",
    },
    (0, 6, 1, _FAR): {"encoder-decoder": "Nobody sees a later token, however little each state sees."},
    (6, 0, 1, 1): {"encoder-decoder": "There is no place where a target begins: the state before it looks across it."},
    (4, 1, _FAR, _FAR): {"encoder": "The last place where a target may begin is `n - 1`."},
    (6, 3, 1, 1): {"encoder": "The source may see near tokens only: what counts is that it never sees the target."},
    (6, 0, 2, 1): {"encoder-decoder": "An encoder may see further to one side than to the other."},
    (5, 4, 1, 2): {},
}


def _check_family(answer) -> str | None:
    sizes = (
        [(s, t) for s in range(2, 6) for t in range(5)] + [(0, t) for t in range(2, 7)] + [(9, 11), (12, 0), (0, 12)]
    )
    windows = [(_FAR, _FAR), (1, 1), (2, 1), (1, 3)]
    more = [(s, t, *window) for s, t in sizes for window in windows]
    for case in [*_ADVICE, *more]:
        source, target, left, right = case
        family = "encoder-decoder" if source and target else "encoder" if source else "decoder"
        value = call(answer, _table(*case))
        said = as_text(value)
        if said not in ("encoder", "decoder", "encoder-decoder"):
            return f"Your function should return `encoder`, `decoder` or `encoder-decoder`; given: {describe(value)}."
        if said != family:
            advice = _ADVICE.get(case, {}).get(said, "")
            if family == "decoder" and as_text(call(answer, _table(*case).T)) == "decoder":
                advice = "The turned table you call a decoder: a row is the state that looks, a column what it sees."
            return f"{_in_words(source, target, left, right)} your function calls it `{said}`. {advice}".rstrip()
    return None


def _in_words(source: int, target: int, left: int, right: int) -> str:
    back = "all tokens before" if left == _FAR else f"{left} back"
    window = "" if left == _FAR else f", where a state sees {left} back and {right} ahead"
    if not source:
        return f"A decoder of {target} tokens, where a state sees itself and {back}:"
    if not target:
        return f"An encoder of {source} tokens{window or ', where each state sees all'}:"
    window = window and f"{window} in the source, and {left} back in the target"
    return f"An encoder-decoder with a source of {source} tokens and a target of {target}{window}:"


EXERCISE = Exercise(
    id="5.2",
    title="The family from its traces",
    minutes=10,
    difficulty="hard",
    starter="def family_of(seen):\n    ...",
    answer="family_of",
    check=_check_family,
    context=TORCH,
    expects="a function that returns the name of a family",
    hints=(
        "Test for the decoder first: it is the only family in which no token looks ahead, in a full grid or in a band.",
        "Right of the diagonal are the later tokens: `seen.triu(1)` keeps only these.",
        "In an encoder-decoder there is a position `start` where the target begins: `seen[:start, start:]` is empty, "
        "because no state of the source sees the target. Try all positions.",
    ),
    solution=_FAMILY,
    why=(
        "In a decoder no state sees a later token. Where some do, there is a source; and if no state before some place "
        "sees that place or a later one, a target begins there."
    ),
    wrong=(
        Wrong(changed(_FAMILY, ("triu(1)", "tril(-1)")), "The turned table"),
        Wrong(
            "def family_of(seen):\n"
            "    if any(not seen[:start, start:].any() for start in range(1, len(seen))):\n"
            '        return "encoder-decoder"\n'
            '    return "encoder" if seen.triu(1).any() else "decoder"',
            "has an empty corner as well",
        ),
        Wrong('def family_of(seen):\n    return "encoder" if seen[0].all() else "decoder"', "sees the fifth token"),
        Wrong(changed(_FAMILY, ("range(1, n)", "[n // 2]")), "every place where the target may begin"),
        Wrong(
            changed(_FAMILY, ("not seen.triu(1).any()", "torch.equal(seen, torch.ones_like(seen).tril())")),
            "however little each state sees",
        ),
        Wrong(
            changed(_FAMILY, ("any(not seen[:start, start:].any() for start in range(1, n))", "not seen.all()")),
            "looks across it",
        ),
        Wrong(changed(_FAMILY, ("range(1, n)", "range(1, n - 1)")), "may begin is `n - 1`"),
        Wrong(
            changed(
                _FAMILY,
                ("if any(not seen", "if any(seen[:start, :start].all() and not seen"),
                ("range(1, n)", "range(2, n)"),
            ),
            "what counts is that it never sees the target",
        ),
        Wrong(
            changed(
                _FAMILY,
                ("any(not seen[:start, start:].any() for start in range(1, n))", "not torch.equal(seen, seen.T)"),
            ),
            "further to one side",
        ),
        Wrong(changed(_FAMILY, ('"encoder"', '"Encoder"')), "given: text"),
    ),
    also_wrong=(
        "n = 7  # the length of the page's source\n\n"
        "def family_of(seen):\n"
        "    if not seen.triu(1).any():\n"
        '        return "decoder"\n'
        '    return "encoder" if seen[:n, n:].any() or len(seen) <= n + 1 else "encoder-decoder"',
        'def family_of(seen):\n    return {6: "decoder", 14: "encoder-decoder"}.get(len(seen), "encoder")',
        "def family_of(seen):\n"
        '    return "encoder-decoder" if seen[0, 1] and not seen[0, -1] else "encoder" if seen[0, 1] else "decoder"',
        "def family_of(seen):\n"
        '    return "decoder" if not seen[0, 1] else "encoder" if seen[1, 2] else "encoder-decoder"',
        changed(_FAMILY, ("triu(1)", "triu(2)")),
        changed(_FAMILY, ("seen[:start, start:].any()", "seen[0, start:].any()")),
        changed(_FAMILY, ("not seen[:start, start:].any()", "seen[start:, start:].all()")),
        changed(
            _FAMILY, ("seen[:start, start:].any()", "seen[:start, -1].any() and seen[-1, 0]"), ("(1, n)", "(1, 3)")
        ),
    ),
    alternatives=(
        "def family_of(seen):\n"
        "    rows = seen.tolist()\n"
        "    last = [max(j for j, yes in enumerate(row) if yes) for row in rows]  # seen last\n"
        "    if all(j <= i for i, j in enumerate(last)):\n"
        '        return "decoder"\n'
        "    borders = [i for i in range(1, len(rows)) if max(last[:i]) < i]\n"
        '    return "encoder-decoder" if borders else "encoder"',
        "def family_of(seen):\n"
        '    names = {(False, False): "decoder", (True, False): "encoder-decoder", (True, True): "encoder"}\n'
        "    return names[seen.triu(1).any().item(), seen[:-1, -1].any().item()]  # later tokens, the last one",
        "def family_of(seen):\n"
        "    ahead = seen.diagonal(1)  # who sees the next token?\n"
        '    return "decoder" if not ahead.any() else "encoder" if ahead.all() else "encoder-decoder"',
        changed(_FAMILY, ("range(1, n)", "range(2, n)"), ("any(not", "any(seen[-1, 0] and not")),
    ),
    note=(
        "With a source of a single token an encoder-decoder looks like a decoder: traces show what is seen, not "
        "what a model is called."
    ),
)
