"""3.1 How many tokens is a picture?"""

from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import one_number

_TOKENS = "def picture_tokens(height, width, patch):\n    return (height // patch) * (width // patch) + 1  # [CLS]"


_CASES = ((32, 48, 8), (4, 6, 2), (60, 20, 10), (224, 224, 16), (5, 5, 5), (640, 512, 8), (3, 2, 1))


_SLIPS = (
    (
        lambda h, w, p: (h // p) * (w // p),
        "Those are the patches alone; the model puts one more token, [CLS], in front.",
    ),
    (
        lambda h, w, p: (h // p) ** 2 + 1,
        "You took the picture for a square with the sides `height`; it has `height // patch` rows of `width // patch` "
        "patches.",
    ),
    (
        lambda h, w, p: (w // p) ** 2 + 1,
        "You took the picture for a square with the sides `width`; it has `height // patch` rows of `width // patch` "
        "patches.",
    ),
    (
        lambda h, w, p: h * w // p + 1,
        "You divided the number of pixels by one side of a patch; a patch has `patch * patch` pixels.",
    ),
    (
        lambda h, w, p: h // p + w // p + 1,
        "You added the rows and the columns; multiply them, as for the tiles of a floor.",
    ),
    (
        lambda h, w, p: 3 * (h // p) * (w // p) + 1,
        "You have three times as many patches as there are: one patch holds all three colours of its pixels.",
    ),
    (
        lambda h, w, p: (h // p) * (w // p) + 2,
        "You have one token too many: a ViT puts [CLS] in front of the patches, and nothing behind them.",
    ),
)


def _right(height, width, patch) -> int:
    return (height // patch) * (width // patch) + 1


def _check_tokens(answer) -> str | None:
    def told(height, width, patch) -> str:
        tokens = _right(height, width, patch)
        return (
            f"A picture {height} pixels high and {width} wide, in patches of {patch} by {patch}, makes {tokens} tokens"
        )

    return one_number(answer, _CASES, _right, _SLIPS, told)


EXERCISE = Exercise(
    id="3.1",
    title="How many tokens is a picture?",
    minutes=5,
    difficulty="easy",
    starter="def picture_tokens(height, width, patch):\n    ...",
    answer="picture_tokens",
    check=_check_tokens,
    expects="a function that returns one number",
    why="The grid has `height // patch` rows and `width // patch` columns of patches, and [CLS] is one token more.",
    hints=(
        "How many patches fit into one row, and how many rows are there? Draw a picture of 4 by 6 with patches of 2.",
        "Rows times columns is the number of patches. One token is not a patch.",
        "`(height // patch) * (width // patch)` patches, and `+ 1` for [CLS].",
    ),
    solution=_TOKENS,
    wrong=(
        Wrong(changed(_TOKENS, (" + 1  # [CLS]", "")), "Those are the patches alone"),
        Wrong(
            "def picture_tokens(height, width, patch):\n    return (height // patch) ** 2 + 1",
            "a square with the sides `height`",
        ),
        Wrong(
            "def picture_tokens(height, width, patch):\n    return (width // patch) ** 2 + 1",
            "a square with the sides `width`",
        ),
        Wrong(
            "def picture_tokens(height, width, patch):\n    return height * width // patch + 1",
            "You divided the number of pixels",
        ),
        Wrong(
            "def picture_tokens(height, width, patch):\n    return height // patch + width // patch + 1",
            "You added the rows and the columns",
        ),
        Wrong(changed(_TOKENS, ("return ", "return 3 * ")), "three times as many patches"),
        Wrong(changed(_TOKENS, ("+ 1", "+ 2")), "one token too many"),
        Wrong("def picture_tokens(height, width, patch):\n    return 17", "`17`"),
    ),
    also_wrong=(
        "def picture_tokens(height, width, patch):\n    return max(height, width) ** 2 // patch**2 + 1",
        "def picture_tokens(height, width, patch):\n    return int(((height * width) ** 0.5 / patch) ** 2) + 1",
        "def picture_tokens(height, width, patch):\n"
        "    return len(range(patch, height, patch)) * len(range(patch, width, patch)) + 1",
        changed(_TOKENS, ("// patch", "// 8")),
        "def picture_tokens(height, width, patch):\n    return {224: 197, 32: 25, 4: 7, 60: 13}.get(height)",
    ),
    alternatives=(
        "def picture_tokens(height, width, patch):\n    return 1 + height * width / patch**2",
        "def picture_tokens(height, width, patch):\n"
        "    corners = [(y, x) for y in range(0, height, patch) for x in range(0, width, patch)]\n"
        "    return len(corners) + 1",
        "import torch\n\n"
        "def picture_tokens(height, width, patch):\n"
        "    patches = torch.nn.functional.unfold(torch.zeros(1, 1, height, width), patch, stride=patch)\n"
        "    return torch.tensor([patches.shape[-1] + 1])",
    ),
    note="The usual ViT cuts 224 by 224 pixels into patches of 16 by 16: 197 tokens, about as many as 150 words.",
)
