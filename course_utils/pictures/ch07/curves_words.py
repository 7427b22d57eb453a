"""How often words stand in praise and in blame: `word_counts`."""

from collections.abc import Mapping

from ...describing import attempt, describe
from ...errors import CourseError
from ..curves_sure import frame
from ..figures import Figure, Table, label, show
from ..style import COLOURS, MUTED, plain_style


def word_counts(counts: Mapping[str, tuple[int, int]], *, of: int) -> Figure:
    """Two bars for each word, with a gap before the next word: sentences of praise, and of blame, that hold it.

    Args:
        counts: `{word: (in praise, in blame)}`.
        of: how many sentences of each there are.
    """
    rows = attempt(lambda: [(str(word), int(praise), int(blame)) for word, (praise, blame) in counts.items()])
    if not rows:
        raise CourseError(f"word_counts() expects {{word: (in praise, in blame)}}; it got {describe(counts)}.")
    most = max(1, *(max(praise, blame) for _, praise, blame in rows))
    with plain_style():
        figure, axes = frame(0.7 + 0.62 * len(rows), left=0.35 + 0.09 * max(len(row[0]) for row in rows))
        for place, (_, praise, blame) in enumerate(rows):
            for shift, count, kind in ((-0.19, praise, "positive"), (0.19, blame, "negative")):
                axes.barh(place + shift, count, 0.36, color=COLOURS[kind], edgecolor=MUTED, linewidth=0.8)
                told = f"{count} in {'praise' if kind == 'positive' else 'blame'}"
                axes.text(count + 0.01 * most, place + shift, f" {told}", va="center", fontsize=9.5)
        axes.set_yticks(range(len(rows)), [label(row[0], 24) for row in rows], parse_math=False)
        axes.set(
            ylim=(len(rows) - 0.45, -0.55), xlim=(0, most * 1.25), xlabel=f"sentences that hold it, of {of:,} each"
        )
        told = [(word, str(praise), str(blame)) for word, praise, blame in rows]
        said = ", ".join(f"{word} {praise} and {blame}" for word, praise, blame in told)
        alt = f"Two bars for each word, of {of:,} sentences of praise and {of:,} of blame: {said}."
        return show(figure, alt=alt, table=Table("Words", ("word", "in praise", "in blame"), told), folded=True)
