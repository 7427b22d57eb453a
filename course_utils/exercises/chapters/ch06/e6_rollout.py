"""6.6 Rollout."""

from course_utils.exercises.answers import call, close, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import NUMPY, random, real_record, shaped

_ROLL_OUT = (
    "def roll_out(weights):\n"
    "    paths = np.eye(weights.shape[-1])\n"
    "    for layer in weights:  # [query, key]\n"
    "        paths = (0.5 * layer + 0.5 * np.eye(len(layer))) @ paths\n"
    "    return paths"
)


def _check_rollout(answer) -> str | None:
    import numpy as np

    weights = np.abs(random(3, 4, 4).numpy()) + 0.1
    weights = weights / weights.sum(-1, keepdims=True)
    one, two, three = 0.5 * weights + 0.5 * np.eye(4)
    got = call(answer, weights)
    if shape(got) != (4, 4):
        return f"Three layers of `[4, 4]` should give one `[4, 4]`; given: {shaped(got)}."
    if close(got, three @ two @ one):
        from course_utils.attention import rollout

        record = real_record()
        real = call(answer, record.map().weights.mean(1))
        if close(real, rollout(record).head(0, 0), 1e-3):
            return None
        return "It is right for three layers, but not for the six of a real record: go through all of `weights`."
    if close(got, one @ two @ three):
        return "The order is upside down: the last layer stands on the left, `last @ … @ first`."
    if close(got, weights[2] @ weights[1] @ weights[0]):
        return "The residual connection is missing: mix each layer half and half with `np.eye`, a token keeps itself."
    if close(got, 8 * three @ two @ one):
        return "Your rows sum to 8: take *half* of the weights and half of the identity."
    if close(got, (one + two + three) / 3) or close(got, weights.mean(0)):
        return "That is the mean over the layers: follow the paths, with the matrix product."
    if close(got, three * two * one * np.eye(4)):
        return "`*` with `np.eye` leaves the diagonal only: chain the layers with the matrix product, `@`."
    if close(got, three * two * one):
        return "`*` multiplies entry by entry; a path through two layers is the matrix product `@`."
    ones = 0.5 * weights + 0.5
    if close(got, ones[2] @ ones[1] @ ones[0]):
        return "0.5 went to every entry: the identity, `np.eye`, has 1 on the diagonal only."
    if close(got, three):
        return "Only the last layer is in it: multiply all of them."
    if close(got, 0.5 * weights[2] @ weights[1] @ weights[0] + 0.5 * np.eye(4)):
        return "You added the identity once, at the end: every layer has its own residual connection."
    return "Not yet: with `mix = 0.5 * A + 0.5 * I` for each layer, the result is `mix[2] @ mix[1] @ mix[0]`."


EXERCISE = Exercise(
    id="6.6",
    title="Rollout",
    minutes=8,
    difficulty="medium",
    starter="def roll_out(weights):\n    ...",
    answer="roll_out",
    check=_check_rollout,
    context=NUMPY,
    expects="a function that returns one matrix [query, key]",
    hints=(
        "Mix each layer with the identity: `0.5 * layer + 0.5 * np.eye(len(layer))`.",
        "Start with the first layer and put every later one on the left: `paths = mixed @ paths`.",
    ),
    solution=_ROLL_OUT,
    wrong=(
        Wrong(changed(_ROLL_OUT, ("(0.5 * layer + 0.5 * np.eye(len(layer)))", "layer")), "The residual connection"),
        Wrong(
            changed(
                _ROLL_OUT, ("np.eye(len(layer))) @ paths", "np.eye(len(layer)))"), ("paths = (", "paths = paths @ (")
            ),
            "The order is upside down",
        ),
        Wrong(changed(_ROLL_OUT, ("0.5 * layer + 0.5 *", "layer +")), "Your rows sum to 8"),
        Wrong("def roll_out(weights):\n    return weights.mean(axis=0)", "That is the mean over the layers"),
        Wrong(
            changed(_ROLL_OUT, ("np.eye(weights.shape[-1])", "1"), (") @ paths", ") * paths")),
            "a path through two layers is the matrix product",
        ),
        Wrong(changed(_ROLL_OUT, (") @ paths", ") * paths")), "leaves the diagonal only"),
        Wrong(changed(_ROLL_OUT, (" * np.eye(len(layer))", "")), "0.5 went to every entry"),
        Wrong(changed(_ROLL_OUT, (" @ paths", "")), "Only the last layer is in it"),
        Wrong(changed(_ROLL_OUT, ("in weights:", "in weights[:3]:")), "not for the six of a real record"),
    ),
    alternatives=(
        "def roll_out(weights):\n"
        "    mixed = weights + np.eye(weights.shape[-1])\n"
        "    mixed = mixed / mixed.sum(axis=-1, keepdims=True)\n"
        "    return np.linalg.multi_dot(mixed[::-1])",
    ),
)
