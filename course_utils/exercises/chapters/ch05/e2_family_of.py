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


def _check_family(answer) -> str | None:
    import torch

    def both(source, target):
        table = torch.ones(source + target, source + target, dtype=torch.bool).tril()
        table[:source, :source] = True
        return table

    full, triangle = torch.ones(4, 4, dtype=torch.bool), torch.ones(5, 5, dtype=torch.bool).tril()
    near = torch.ones(6, 6, dtype=torch.bool).triu(-1)  # nobody sees further back than one token
    bridge = both(6, 3)
    bridge[:6, :6] = near.tril(1)  # the source sees its neighbours only
    cases = {
        "full": (full, "encoder"),
        "triangle": (triangle, "decoder"),
        "both": (both(5, 2), "encoder-decoder"),
        "window": (near.tril(), "decoder"),
        "local": (near.tril(1), "encoder"),
        "one": (both(4, 1), "encoder-decoder"),
        "bridge": (bridge, "encoder-decoder"),
        "lopsided": (torch.ones(6, 6, dtype=torch.bool).triu(-2).tril(1), "encoder"),
    }
    said = {}
    for name, (table, _) in cases.items():
        said[name] = as_text(call(answer, table))
        if said[name] not in ("encoder", "decoder", "encoder-decoder"):
            given = describe(call(answer, table))
            return f"Your function should return `encoder`, `decoder` or `encoder-decoder`; given: {given}."
    if said["full"] != "encoder":
        return "Where every state sees every token, it is an encoder."
    if said["triangle"] != "decoder":
        if as_text(call(answer, triangle.T)) == "decoder":
            return "Turned round: a row is the state that looks; in a decoder nothing stands *right* of the diagonal."
        if said["triangle"] == "encoder-decoder":
            return "A decoder's triangle has an empty corner as well: first ask whether any state sees a later token."
        return "A triangle on and below the diagonal is a decoder: no state sees a later token."
    slips = {
        ("both", "decoder"): (
            "With a source of five tokens the first state sees the fifth: a target looks back only, a source both ways."
        ),
        ("both", "encoder"): (
            "A source of five tokens and a target of two is missed: try every place where the target may begin."
        ),
        ("window", "encoder-decoder"): (
            "A decoder that sees only its neighbour on the left is a decoder still: nobody sees a later token."
        ),
        ("window", "encoder"): "Here no state sees a later token, so it is a decoder, however little it sees.",
        ("local", "encoder-decoder"): (
            "An encoder may see its neighbours only, to both sides; there is no place where a target begins."
        ),
        ("local", "decoder"): "Here states see the next token, and a decoder never does.",
        ("one", "encoder"): "A target of a single token is missed: the last place where it may begin is `n - 1`.",
        ("one", "decoder"): "A source of four tokens sees itself both ways, even with a target of one token.",
        ("bridge", "encoder"): (
            "In an encoder-decoder, too, the source may see near tokens only: what counts is that it never sees the "
            "target."
        ),
        ("bridge", "decoder"): "Here states of the source see the next token, and a decoder never does.",
        ("lopsided", "encoder-decoder"): (
            "An encoder may see further to one side than to the other; ask where a target could begin."
        ),
        ("lopsided", "decoder"): "Here states see the next token; a decoder never does, however far they look back.",
    }
    wrong = [(name, said[name]) for name, (_, right) in cases.items() if said[name] != right]
    return slips[wrong[0]] if wrong else None


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
        "Whether any state sees a later token settles the decoder: `seen.triu(1)` keeps what lies right of the "
        "diagonal.",
        "In an encoder-decoder there is a place `start` where the target begins: `seen[:start, start:]` is empty, "
        "because no state of the source sees the target. Try all.",
    ),
    solution=_FAMILY,
    wrong=(
        Wrong(changed(_FAMILY, ("triu(1)", "tril(-1)")), "Turned round"),
        Wrong(
            "def family_of(seen):\n"
            "    if any(not seen[:start, start:].any() for start in range(1, len(seen))):\n"
            '        return "encoder-decoder"\n'
            '    return "encoder" if seen.triu(1).any() else "decoder"',
            "has an empty corner as well",
        ),
        Wrong(
            'def family_of(seen):\n    return "encoder" if seen[0].all() else "decoder"',
            "the first state sees the fifth",
        ),
        Wrong(changed(_FAMILY, ("range(1, n)", "[n // 2]")), "every place where the target may begin"),
        Wrong(
            changed(_FAMILY, ("not seen.triu(1).any()", "torch.equal(seen, torch.ones_like(seen).tril())")),
            "its neighbour on the left",
        ),
        Wrong(
            changed(_FAMILY, ("any(not seen[:start, start:].any() for start in range(1, n))", "not seen.all()")),
            "An encoder may see its neighbours only",
        ),
        Wrong(changed(_FAMILY, ("range(1, n)", "range(1, n - 1)")), "A target of a single token"),
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
    ),
    note=(
        "With a source of a single token an encoder-decoder looks like a decoder: traces show what is seen, not "
        "what a model is called."
    ),
)
