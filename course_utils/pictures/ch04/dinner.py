"""`at_the_table`: the machine with one part lit, what the part does, and the same as a scene at a dinner table."""

from dataclasses import dataclass
from html import escape

from ...describing import describe
from ...errors import CourseError
from ..figures import Figure, Table
from ..machines import machine

# part -> (what it does, the scene)
SCENES = {
    "embedding": (
        "It looks the token up in a large table. There it finds the token's first vector.",
        "Each guest gets a sheet with what a dictionary says.",
    ),
    "position": (
        "It tells the vector where its token stands: dog bites man is not man bites dog.",
        "The number of the seat is written on the sheet.",
    ),
    "attention": (
        "A token looks at the other tokens, and takes in what matters to it.",
        "You read the sheets of the others, and copy what helps.",
    ),
    "masked attention": (
        "The same, but a token sees only itself and what stands before it.",
        "You may only look to your left.",
    ),
    "cross-attention": (
        "The tokens of the decoder look at the vectors of the encoder.",
        "You read the sheets of another table.",
    ),
    "add and norm": (
        "The result is added to the vector; then its numbers get a common size.",
        "You write your notes under the old text.",
    ),
    "feed-forward": (
        "It works on each token alone.",
        "You close your eyes, and think about your own sheet.",
    ),
    "unembedding": (
        "It compares the last vector with every token, and gives each a score, its logit.",
        "The last sheet is read: which word comes next?",
    ),
}
_MISSING = {"encoder": ("masked attention", "cross-attention", "unembedding"), "decoder": ("cross-attention",)}


@dataclass(frozen=True)
class Scene(Figure):
    """A picture with sentences above it."""

    said: tuple[tuple[str, str], ...] = ()

    def plain(self) -> str:
        return "\n".join([*(f"{who}: {what}" for who, what in self.said), super().plain()])

    def html(self) -> str:
        said = "<br>".join(f"<b>{escape(who)}:</b> {escape(what)}" for who, what in self.said)
        return f"<p>{said}</p>{super().html()}"


def at_the_table(part: str, family: str = "encoder-decoder") -> Scene:
    """The machine of `family` with `part` lit, under two sentences; the folded table has those of all parts.

    Raises:
        CourseError: there is no such part, or no such family.
    """
    if part not in SCENES:
        raise CourseError(f"at_the_table() shows {', '.join(SCENES)}; it got {describe(part)}.")
    drawn = machine(family, lit=part)
    does, scene = SCENES[part]
    said = ((part, does), ("At the dinner table", scene))
    if part in _MISSING.get(family, ()):
        said = ((part, f"The {family} alone has no such part."),)
    rows = [(name, *texts) for name, texts in SCENES.items()]
    table = Table("All parts", ("part", "what it does", "at the dinner table"), rows)
    return Scene(drawn.png, f"{part}. {drawn.alt}", table, True, said)
