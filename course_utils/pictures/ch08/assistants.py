"""What notebook 08b draws of the way from a base model to an assistant: the road, and what counts in the loss."""

from collections.abc import Sequence

from ...describing import describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import COLOURS, MUTED, WIDTH, arrow, box, canvas, keep_width, plain_style, rectangle, tint, write

# For each model its steps: name, what is learned, how much, of what, role. Sources: InstructGPT arXiv 2203.02155 and
# 2005.14165; SmolLM2-135M-Instruct's card, arXiv 2502.02737, and the cards of its data sets smol-smoltalk and
# ultrafeedback_binarized; Tülu 3 8B arXiv 2411.15124; R1 arXiv 2412.19437 and 2501.12948.
ROADS = {
    "SmolLM2-135M, 2024": (
        ("pretraining", "go on\nwith a text", "2 trillion", "tokens", "text"),
        ("SFT", "answer like\nthe examples", "460,000", "chats", "tokens"),
        ("preferences", "prefer the\nbetter answer", "61,000", "pairs", "model"),
    ),
    "InstructGPT, 2022": (
        ("pretraining", "go on\nwith a text", "300 billion", "tokens", "text"),
        ("SFT", "answer like\nthe examples", "13,000", "prompts", "tokens"),
        ("preferences", "please a\nreward model", "33,000 + 31,000", "prompts", "model"),
    ),
    "Tülu 3 8B, 2024": (
        ("pretraining", "go on\nwith a text", "15 trillion", "tokens", "text"),
        ("SFT", "answer like\nthe examples", "939,000", "chats", "tokens"),
        ("preferences", "prefer the\nbetter answer", "271,000", "pairs", "model"),
        ("verified\nrewards", "solve what can\nbe checked", "30,000", "tasks", "answer"),
    ),
    "DeepSeek-R1, 2025": (
        ("pretraining", "go on\nwith a text", "15 trillion", "tokens", "text"),
        ("SFT", "reason like\nthe examples", "thousands", "of chats", "tokens"),
        ("verified\nrewards", "solve what can\nbe checked", "not given", "", "answer"),
        ("SFT\nagain", "own best\nanswers, more", "800,000", "chats", "tokens"),
        ("rewards\nagain", "checked, and\npreferences", "not given", "", "model"),
    ),
}


def road(model: str) -> Figure:
    """The trainings of one of four models from left to right, each with its task and the size of its data."""
    if model not in ROADS:
        raise CourseError(f"road() knows {', '.join(ROADS)}; it got {describe(model)}.")
    steps = ROADS[model]
    gap, high = 0.3, 1.8
    width = (WIDTH - 0.04 - gap * (len(steps) - 1)) / len(steps)
    with plain_style():
        figure, axes = canvas(WIDTH, high + 0.44)
        keep_width(figure)
        write(axes, 0.02, high + 0.26, model, size=11, across="left")
        write(axes, WIDTH - 0.02, high + 0.26, "bold: how much data, each in its own unit", size=9.5, across="right")
        for number, (name, task, many, what, role) in enumerate(steps):
            x = 0.02 + number * (width + gap)
            box(axes, x, 0.04, width, high, role=role)
            write(axes, x + width / 2, 1.5, name, bold=True, size=10 if width > 1.2 else 9.5)
            write(axes, x + width / 2, 0.98, task, size=9.5)
            write(axes, x + width / 2, 0.48, many, bold=True, size=11 if len(many) < 12 else 9.5)
            write(axes, x + width / 2, 0.22, what, size=9.5, bold=True)
            if number:
                arrow(axes, (x - gap + 0.03, 0.85), (x - 0.03, 0.85))
        rows = [(name.replace("\n", " "), task.replace("\n", " "), f"{many} {what}".strip())
                for name, task, many, what, _ in steps]  # fmt: skip
        said = "; then ".join(f"{name}: {task}, {many}" for name, task, many in rows)
        table = Table(f"The trainings of {model}", ("training", "what is learned", "data"), rows)
        return show(figure, alt=f"{model}. Boxes from left to right. {said}.", table=table, folded=True)


def counted(tokenizer, ids: Sequence[int], start: int, length: int) -> Figure:
    """The tokens of a chat as boxes with their labels below: those of the answer, `ids[start:length]`, in colour."""
    ids = [int(id) for id in ids]
    if not 0 <= start < length <= len(ids):
        raise CourseError(f"counted() expects 0 <= start < length <= {len(ids)}; it got {start} and {length}.")
    tokens = tokenizer.convert_ids_to_tokens(ids)
    labels = [id if start <= place < length else -100 for place, id in enumerate(ids)]
    shown = [label(_visible(token), 14) for token in tokens]
    places, x, row = [], 0.03, 0
    for text in shown:
        width = 0.085 * max(2, len(text)) + 0.12
        if x + width > WIDTH - 0.03:
            x, row = 0.03, row + 1
        places.append((x, row, width))
        x += width + 0.05
    step = 0.62
    height = step * (row + 1) + 0.34
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        keep_width(figure)
        for (left, line, width), text, mark in zip(places, shown, labels, strict=True):
            y = height - step * (line + 1) + 0.2
            counts = mark != -100
            colour = COLOURS["trained"] if counts else MUTED
            rectangle(axes, left, y, width, 0.34, tint(colour, 0.3 if counts else 0.08), colour, 1.6 if counts else 0.8)
            write(axes, left + width / 2, y + 0.17, text, size=9.5, bold=counts)
            write(axes, left + width / 2, y - 0.11, str(mark), size=9, lit=counts)
        for x, counts, text in ((0.05, True, "counts in the loss"), (2.1, False, "does not count: label -100")):
            colour = COLOURS["trained"] if counts else MUTED
            rectangle(axes, x, 0.06, 0.2, 0.16, tint(colour, 0.3 if counts else 0.08), colour, 1.2)
            write(axes, x + 0.28, 0.14, text, size=9, across="left")
        learned = [text for text, mark in zip(shown, labels, strict=True) if mark != -100]
        rows = [(text, "-100, does not count" if mark == -100 else f"{mark}, counts")
                for text, mark in zip(shown, labels, strict=True)]  # fmt: skip
        alt = f"{len(tokens)} tokens of a chat as boxes. {len(learned)} of them count in the loss: {' '.join(learned)}."
        return show(figure, alt=alt, table=Table("Tokens and labels", ("token", "label"), rows), folded=True)


def _visible(token: str) -> str:
    """A token with a sign for a space in front and for a line break."""
    return token.replace("Ġ", "␣").replace("Ċ", "↵") or "␣"


def group(right: int = 3, answers: int = 8) -> Figure:
    """One question, several answers, and how far each reward is from the mean of the group: up, down or not at all."""
    if not (is_a(right, int) and is_a(answers, int) and 0 <= right <= answers and answers >= 2):
        raise CourseError(f"group() expects how many answers are right, of 2 or more; it got {describe(right)}.")
    mean = right / answers
    with plain_style():
        figure, axes = canvas(WIDTH, 2.3)
        keep_width(figure)
        room = (WIDTH - 1.1) / answers
        middle = 0.9
        axes.plot([1.0, WIDTH - 0.05], [middle, middle], color=MUTED, linewidth=1, linestyle=":")
        write(axes, 0.02, 1.94, "answer", across="left", size=9.5)
        write(axes, 0.02, 1.56, "reward", across="left", size=9.5)
        write(axes, 0.02, middle, "advantage", across="left", size=9.5)
        for number in range(answers):
            reward = 1 if number < right else 0
            x, above = 1.05 + room * (number + 0.5), reward - mean
            box(axes, x - room / 2 + 0.05, 1.78, room - 0.1, 0.32, f"{number + 1}", role="answer" if reward else None)
            write(axes, x, 1.56, str(reward), bold=True)
            if above:
                arrow(axes, (x, middle), (x, middle + (0.5 * above if abs(above) > 0.2 else 0.1 * above / abs(above))))
            write(axes, x, middle - (0.16 if above >= 0 else -0.16), f"{above:+.2f}" if above else "0", size=9)
        told = f"mean reward {mean:.2f}: "
        if mean in (0, 1):
            told += "all answers equally good, so nothing is learned"
        else:
            told += "answers above the mean become likelier, answers below it less likely"
        write(axes, WIDTH / 2, 0.14, told, size=9.5)
        rows = [(f"answer {n + 1}", str(int(n < right)), f"{(n < right) - mean:+.2f}") for n in range(answers)]
        table = Table("One group", ("answer", "reward", "reward minus mean"), rows)
        ups = f"Right answers get {1 - mean:+.2f}, wrong ones {-mean:+.2f}."
        alt = f"{answers} answers to one question, {right} of them right. {ups} {told[0].upper()}{told[1:]}."
        return show(figure, alt=alt, table=table, folded=True)
