"""8b.2 How likely is an answer?"""

from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH, check_trainable, check_values, one_number, wrong_answers

_ANSWER = (
    "def answer_log_probability(logits, ids, start):\n"
    "    logs = torch.log_softmax(logits, dim=-1)\n"
    "    total = 0\n"
    "    for position in range(start, len(ids)):\n"
    "        total = total + logs[position - 1, ids[position]]\n"
    "    return total"
)
_MISTAKES = (
    (
        (("range(start,", "range(1,"),),
        "You added up the question, too. Begin at `start`: only the tokens of the answer count.",
    ),
    (
        (("range(start,", "range(0,"),),
        "You began at position 0. Only the tokens from `start` on count; and nothing predicts the first token of a "
        "text: row -1 is the last row.",
    ),
    (
        (("range(start, len(ids))", "range(1, start)"),),
        "That is the log-probability of the question: you stop where the answer starts.",
    ),
    (
        (("logs[position - 1,", "logs[position,"), ("range(start,", "range(0,")),
        "You added up every row at the token of its own position. Only the answer counts, and each of its tokens was "
        "predicted one row earlier.",
    ),
    (
        (("logs[position - 1,", "logs[position,"),),
        "You looked at the wrong row. Row `position` says what comes *after* the token at `position`; the token itself "
        "was predicted one row earlier.",
    ),
    ((("return total", "return total / (len(ids) - start)"),), "That is the mean over the answer; the sum is wanted."),
    (
        (("return total", "return -total / (len(ids) - start)"),),
        "That is the loss of the answer, a mean above 0. The sum of the log-probabilities is wanted, without a minus.",
    ),
    ((("return total", "return -total"),), "The sign is turned round: log-probabilities are below 0, so is their sum."),
    ((("return total", "return total.exp()"),), "That is the probability itself; its logarithm is wanted."),
    (
        (("torch.log_softmax(logits, dim=-1)", "torch.softmax(logits, dim=-1)"),),
        "You added up probabilities. Probabilities of one token after another are multiplied; only their logarithms "
        "are added.",
    ),
    (
        (("torch.log_softmax(logits, dim=-1)", "logits"),),
        "You added up logits. They are no logarithms of probabilities yet: `log_softmax` makes them so.",
    ),
    (
        (("torch.log_softmax(logits, dim=-1)", "torch.log_softmax(logits, dim=0)"),),
        "Your softmax runs over the tokens of the text. It should run over the vocabulary: `dim=-1`.",
    ),
    (
        (("range(start, len(ids))", "range(start, len(ids) - 1)"),),
        "The last token of the answer is missing; it is the end token and counts, too.",
    ),
    ((("range(start,", "range(start + 1,"),), "The first token of the answer, the one at `start`, is missing."),
    (
        (("range(start,", "range(start - 1,"),),
        "One token too many: the one before `start` is the last token of the question.",
    ),
    (
        (("ids[position]]", "ids[position - 1]]"),),
        "You asked each row for the token that was already there. Row `position - 1` predicts `ids[position]`.",
    ),
    (
        (("return total", "return logs[position - 1, ids[position]]"),),
        "That is the last token alone. Add up all tokens of the answer.",
    ),
    (
        (("total = total +", "return"),),
        "That is the first token of the answer alone. Add up all of them; a `return` inside the loop ends it at once.",
    ),
    (
        (("logs[position - 1, ids[position]]", "logs[position - 1].max()"),),
        "You added up the likeliest token of each row. The answer is given: take the token that stands there.",
    ),
)


def _cases() -> list[tuple]:
    import torch

    made = []
    for number, (tokens, words, start) in enumerate(((5, 6, 3), (7, 9, 2), (4, 5, 1), (6, 30, 4), (8, 12, 6))):
        generator = torch.Generator().manual_seed(number)
        logits = 2 * torch.randn(tokens, words, generator=generator)
        ids = torch.randint(0, words, (tokens,), generator=generator)
        made.append((logits, ids, start))
    return made


def _told(logits, ids, start) -> str:
    return f"For {len(ids)} tokens, a vocabulary of {logits.shape[1]} and `start = {start}`"


def _check(answer) -> str | None:
    name = "answer_log_probability"
    said = check_values(answer, _cases(), _ANSWER, name, _MISTAKES, one_number, _told)
    logits, ids, start = _cases()[0]
    return said or check_trainable(answer, (logits.requires_grad_(), ids, start))


EXERCISE = Exercise(
    id="8b.2",
    title="How likely is an answer?",
    minutes=10,
    difficulty="medium",
    starter="def answer_log_probability(logits, ids, start):\n    ...",
    answer="answer_log_probability",
    check=_check,
    context=TORCH,
    expects="a function that returns a tensor with one number",
    hints=(
        "Take four tokens and `start = 2` on paper. Which two tokens belong to the answer? In which row of `logits` "
        "was each of them predicted?",
        "The token at a position was predicted one row earlier. A loop over the positions from `start` to the end adds "
        "up one number each.",
        "In the loop: `total = total + logs[position - 1, ids[position]]`, with `logs = torch.log_softmax(logits, "
        "dim=-1)`.",
    ),
    solution=_ANSWER,
    why="The probability of a whole answer is the product of the probabilities of its tokens, and the logarithm makes "
    "a sum of it. Each token was predicted at the place before it.",
    wrong=(
        *wrong_answers(_ANSWER, _MISTAKES),
        Wrong(changed(_ANSWER, ("return total", "return total.item()")), "return a tensor with one number"),
        Wrong(changed(_ANSWER, ("return total", "return total.detach()")), "has lost the way back"),
        Wrong(changed(_ANSWER, ("return total", "return logs")), "the result should be"),
        Wrong(
            changed(_ANSWER, ("len(ids))", "len(ids) + 1)")),
            "IndexError",
            status="error in your code",
        ),
    ),
    also_wrong=(
        changed(_ANSWER, ("return total", "return total / 2")),
        changed(_ANSWER, ("range(start,", "range(3,")),
        changed(_ANSWER, ("total = 0", "total = 1")),
        changed(_ANSWER, ("return total", "return total.detach().requires_grad_()")),
    ),
    alternatives=(
        "def answer_log_probability(logits, ids, start):\n"
        "    logs = logits.log_softmax(-1)[start - 1 : -1]\n"
        "    return logs.gather(1, ids[start:, None]).sum()",
        "def answer_log_probability(logits, ids, start):\n"
        "    return -torch.nn.functional.cross_entropy(logits[start - 1 : -1], ids[start:], reduction='sum')",
        "def answer_log_probability(logits, ids, start):\n"
        "    chances = torch.softmax(logits, dim=-1)\n"
        "    return sum(chances[i - 1][ids[i]].log() for i in range(start, len(ids)))",
        "def answer_log_probability(logits, ids, start):\n"
        "    product = torch.ones(())\n"
        "    for i in range(start, len(ids)):\n"
        "        product = product * logits.softmax(-1)[i - 1, ids[i]]\n"
        "    return torch.log(product)[None]",
    ),
    note="A long answer has a lower sum than a short one: more factors below 1. So compare answers of one length.",
)
