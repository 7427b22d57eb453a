"""0b.7 Somebody stays at home."""

from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH, check_numbers, filled


def _masked(scores, away):
    return scores.masked_fill(away[:, None], float("-inf"))


_SLIPS = (
    (
        lambda s, away: s.masked_fill(away, float("-inf")).softmax(dim=0),
        "The mask lies: without `[:, None]` it covers *columns*, so games are left out. A square table has the sizes "
        "that fit, so no error warns you. Stand the mask up, so that it covers rows.",
    ),
    (
        lambda s, away: _masked(s, away).softmax(dim=1),
        "You made each friend's row sum to 1. Name the dimension that shares the 1: in each game, the friends share "
        "it, and they are dimension 0.",
    ),
    (lambda s, away: s.softmax(dim=0), "Whoever is away still gets a share. Put minus infinity there before softmax."),
    (
        lambda s, away: _masked(s, ~away).softmax(dim=0),
        "You gave shares to those who are away, and none to those who come: `away` is `True` for who stays at home.",
    ),
    (
        lambda s, away: s.masked_fill(away[:, None], 0).softmax(dim=0),
        "You put 0 in place of the scores. A score of 0 still gets a share, because *e* to the power of 0 is 1. Put "
        "minus infinity there.",
    ),
    (
        lambda s, away: s.softmax(dim=0).masked_fill(away[:, None], 0),
        "Whoever is away has 0, but the shares of the others sum to less than 1. Put minus infinity into the scores, "
        "before softmax.",
    ),
    (lambda s, away: _masked(s, away), "Those are the scores with minus infinity. One step is missing: softmax."),
    (
        lambda s, away: s[~away].softmax(dim=0),
        "The shares are right, but the rows of those who are away are missing. Return `[friends, games]`, 0 there.",
    ),
    (
        lambda s, away: _masked(s, away).softmax(dim=0).T,
        "The numbers are right, but the dimensions are swapped: return `[friends, games]`.",
    ),
)


def _check_chances(answer) -> str | None:
    import torch

    lists = ((3, [0, 1, 0]), (4, [0, 0, 1]), (2, [1, 0, 0, 1]), (1, [0, 1]), (3, [0, 0, 0]), (5, [1, 0, 0]))
    cases = [(filled(len(away), games) / 4, torch.tensor(away).bool()) for games, away in lists]
    cases.append((filled(3, 2) / 4 - 80, torch.tensor([False, True, False])))  # -20 is far above these
    return check_numbers(
        answer,
        cases,
        lambda s, away: _masked(s, away).softmax(dim=0),
        _SLIPS,
        lambda s, away: f"For the scores `{s.tolist()}` and `away` `{away.tolist()}`,",
    )


_HEAD = "def chances(scores, away):\n"
_COLUMN = _HEAD + "    column = away[:, None]\n"
_FILL = '    masked = scores.masked_fill(column, float("-inf"))\n'

EXERCISE = Exercise(
    id="0b.7",
    title="Somebody stays at home",
    minutes=6,
    difficulty="medium",
    starter="def chances(scores, away):\n    ...",
    answer="chances",
    check=_check_chances,
    context=TORCH,
    expects="a function that takes scores and a mask, and returns a table of shares",
    hints=(
        "The mask is `[friends]` and must cover rows of `[friends, games]`. Section 5 stood `head_start` up with "
        "`[:, None]`.",
        "First minus infinity, then softmax. In each game the friends share the 1: name their dimension.",
        '`scores.masked_fill(away[:, None], float("-inf")).softmax(dim=0)`',
    ),
    solution=_COLUMN + _FILL + "    return masked.softmax(dim=0)",
    why="As a column, the mask covers whole rows of the scores. *e* to the power of minus infinity is 0, so softmax "
    "gives these friends nothing, and the others share the 1. Attention hides tokens in the same way.",
    wrong=(
        Wrong(_HEAD + _FILL.replace("column", "away") + "    return masked.softmax(dim=0)", "The mask lies"),
        Wrong(_COLUMN + _FILL + "    return masked.softmax(dim=1)", "each friend's row sum to 1"),
        Wrong(_HEAD + "    return scores.softmax(dim=0)", "Whoever is away still gets a share"),
        Wrong(_COLUMN + _FILL.replace("(column", "(~column") + "    return masked.softmax(dim=0)", "who stays at home"),
        Wrong(_HEAD + "    return scores.masked_fill(away[:, None], 0).softmax(dim=0)", "You put 0 in place"),
        Wrong(_HEAD + "    return scores.softmax(dim=0).masked_fill(away[:, None], 0)", "sum to less than 1"),
        Wrong(_COLUMN + _FILL + "    return masked", "One step is missing"),
        Wrong(_HEAD + "    return scores[~away].softmax(dim=0)", "the rows of those who are away are missing"),
        Wrong(_COLUMN + _FILL + "    return masked.softmax(dim=0).T", "the dimensions are swapped"),
        Wrong(_COLUMN + _FILL + "    return masked.softmax(dim=2)", "IndexError", status="error in your code"),
        Wrong(_COLUMN + _FILL + "    return masked.softmax(dim=0) * 100", "the numbers should be"),
    ),
    also_wrong=(
        _COLUMN + _FILL + "    return masked.argmax(dim=0)",
        _COLUMN + _FILL + "    return masked.flatten().softmax(dim=0).reshape(scores.shape)",
        _HEAD + "    return scores * ~away[:, None] / (scores * ~away[:, None]).sum(dim=0)",
    ),
    alternatives=(
        _HEAD + '    return scores.masked_fill(away.unsqueeze(1), float("-inf")).softmax(dim=-2)',
        _HEAD + '    return torch.where(away[:, None], float("-inf"), scores).softmax(0)',
        _HEAD + "    powers = scores.exp() * ~away[:, None]\n    return powers / powers.sum(dim=0)",
        _HEAD + '    copy = scores.clone()\n    copy[away] = float("-inf")\n    return copy.softmax(dim=0).tolist()',
        _HEAD
        + "    result = torch.zeros(scores.shape)\n    result[~away] = scores[~away].softmax(dim=0)\n    return result",
        _HEAD + "    shares = scores.masked_fill(away[:, None], -1e9).softmax(dim=0)\n    return shares.numpy()",
    ),
)
