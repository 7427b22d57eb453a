"""3.1 How many tokens is a picture?"""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong


def _check_tokens(answer) -> str | None:
    value = as_number(call(answer, 32, 48, 8))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, 32, 48, 8))}."
    if close(value, 25):
        usual = as_number(call(answer, 224, 224, 16))
        if close(usual, 197):
            return None
        return f"A picture of 224 by 224 points in patches of 16 by 16 makes 197 tokens; given: {describe(usual)}."
    if close(value, 24):
        return "Those are the 24 patches; the model puts one more token, [CLS], in front of them."
    if close(value, 17) or close(value, 37):
        return "Your picture came out square: this one has four rows of six patches, so use both height and width."
    if close(value, 192) or close(value, 193):
        return "You divided the number of points by one side of a patch; a patch has `patch * patch` points."
    if close(value, 10) or close(value, 11):
        return "You added the rows and the columns; multiply them, as for the tiles of a floor."
    if close(value, 73) or close(value, 72):
        return "You counted a patch in each of the three colours: one patch holds all of its channels."
    return f"A picture of 32 by 48 points in patches of 8 by 8 makes 25 tokens; given: {describe(value)}."


EXERCISE = Exercise(
    id="3.1",
    title="How many tokens is a picture?",
    minutes=4,
    difficulty="easy",
    starter="def picture_tokens(height, width, patch):\n    ...",
    answer="picture_tokens",
    check=_check_tokens,
    expects="a function that returns one number",
    hints=(
        "How many patches fit into one row, and how many rows are there?",
        "`(height // patch) * (width // patch)` patches, and one token that is no patch.",
    ),
    solution=(
        "def picture_tokens(height, width, patch):\n    return (height // patch) * (width // patch) + 1  # [CLS]"
    ),
    wrong=(
        Wrong(
            "def picture_tokens(height, width, patch):\n    return (height // patch) * (width // patch)",
            "the model puts one more token",
        ),
        Wrong(
            "def picture_tokens(height, width, patch):\n    return (height // patch) ** 2 + 1",
            "Your picture came out square",
        ),
        Wrong(
            "def picture_tokens(height, width, patch):\n    return height * width // patch + 1",
            "You divided the number of points",
        ),
        Wrong(
            "def picture_tokens(height, width, patch):\n    return height // patch + width // patch + 1",
            "You added the rows and the columns",
        ),
        Wrong(
            "def picture_tokens(height, width, patch):\n    return 3 * (height // patch) * (width // patch) + 1",
            "in each of the three colours",
        ),
    ),
    alternatives=(
        "def picture_tokens(height, width, patch):\n    return 1 + height * width / patch**2",
        "def picture_tokens(height, width, patch):\n"
        "    corners = [(y, x) for y in range(0, height, patch) for x in range(0, width, patch)]\n"
        "    return len(corners) + 1",
    ),
    note="The usual ViT cuts 224 by 224 points into patches of 16 by 16: 197 tokens, about as many as 150 words.",
)
