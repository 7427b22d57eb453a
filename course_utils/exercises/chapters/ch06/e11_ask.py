"""6.11 Ask with a vector."""

import math

from course_utils.exercises.answers import as_list, as_number, describe
from course_utils.exercises.records import Exercise, Wrong

_WORDS = ("this", "old", "house")


def _check_query(answer) -> str | None:
    numbers = as_list(answer)
    if numbers is None or len(numbers) != 4 or any(as_number(number) is None for number in numbers):
        return (
            "Expected a list of four numbers, one each for determiner, adjective, noun and verb; "
            f"given: {describe(answer)}."
        )
    numbers = [as_number(number) for number in numbers]
    if not all(map(math.isfinite, numbers)):
        return "One of your numbers is not finite: infinity times 0 is no number, so the scores cannot be computed."
    scores = [number / 2 for number in numbers[:3]]  # key holds a single 1 for each word, at its kind
    powers = [math.exp(score - max(scores)) for score in scores]
    this, old, house = (power / sum(powers) for power in powers)
    if old < 0.02 and min(this, house) >= 0.48:
        return None
    shares = f"With your query *this* gets {this:.3f}, *old* {old:.3f} and *house* {house:.3f}."
    if abs(sum(numbers) - 1) < 1e-9 and min(numbers) >= 0:
        return (
            f"{shares} Your numbers sum to 1, as weights do. But a query makes scores, and softmax makes the weights "
            "of them: the numbers of a query may be larger, or below 0."
        )
    if old > max(this, house):
        return f"{shares} Most goes to *old*: the second number of a query is what it asks of adjectives."
    if old >= 0.02:
        return (
            f"{shares} That is too much for *old*. Softmax sees differences: the number for adjectives must be a "
            "good deal lower than the numbers for determiners and for nouns."
        )
    return (
        f"{shares} *Old* gets little, well done, but *this* and *house* should share the rest evenly: the number for "
        "determiners and the number for nouns are not the same."
    )


EXERCISE = Exercise(
    id="6.11",
    title="Ask with a vector",
    minutes=6,
    difficulty="easy",
    starter="my_query = ...  # four numbers: determiner, adjective, noun, verb",
    answer="my_query",
    check=_check_query,
    expects="a list of four numbers",
    hints=(
        "Each key has a single 1. So the score of a word is one of your four numbers, divided by 2: which is that of "
        "*this*, which to *old*, which to *house*?",
        "*This* and *house* should get the same weight, so give their two numbers the same size. Then make the number "
        "of *old* lower, step by step, and look at the arrows.",
        "With 8 for determiners and 8 for nouns, the scores are 4, 0 and 4. e to the power of 4 is 54.6.",
    ),
    why="The score of a word is one of the four numbers, divided by 2. Equal scores get equal weights. A score that is "
    "lower by 4 gets a weight that is 55 times smaller, and a number below 0 works as well as two large ones.",
    solution="my_query = [8, 0, 8, 0]",
    wrong=(
        Wrong("my_query = [0.5, 0, 0.5, 0]", "Your numbers sum to 1, as weights do"),
        Wrong("my_query = [4, 0, 4, 0]", "*old* 0.063 and *house* 0.468. That is too much for *old*"),
        Wrong("my_query = [1, 0, 1, 0]", "*old* 0.233 and *house* 0.384. That is too much for *old*"),
        Wrong("my_query = [0, 8, 0, 0]", "Most goes to *old*"),
        Wrong("my_query = [0, 0, 12, 0]", "*house* 0.995. *Old* gets little"),
        Wrong("my_query = [9, -2, 8, 0]", "*house* 0.377. *Old* gets little"),
        Wrong("my_query = [8, 0, 8]", "Expected a list of four numbers"),
        Wrong("my_query = [0, float('-inf'), 0, 0]", "One of your numbers is not finite"),
    ),
    also_wrong=(
        "my_query = '8, 0, 8, 0'",
        "my_query = [[8, 0, 8, 0]]",
        "my_query = [8, 0, 0, 8]",
        "my_query = 8",
        "my_query = [True, False, True, False]",
    ),
    alternatives=(
        "my_query = (0, -8, 0, 5)",
        "import torch\n\nmy_query = torch.tensor([20.0, 0, 20, 0])",
        "import numpy as np\n\nmy_query = np.array([1000, 0.5, 1000, -3])",
    ),
    note="Any two equal numbers do, if the number for adjectives is lower by 8. The slider "
    "*verb* moves nothing: no key says *verb*, so its number is always multiplied by 0.",
)
