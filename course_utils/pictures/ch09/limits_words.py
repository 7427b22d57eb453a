"""Occupations after a beginning: `side_by_side`, the likeliest after two of them, and `after_both`, one word in both.

Both ask a language model for the next word only. The occupations are a list of ours, so pieces of words and what is
offensive stay out.
"""

import math

from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..likelier import times
from ..style import ACCENT, COLOURS, INK, MUTED, PALE, WIDTH, canvas, plain_style, rectangle, write

_TEXT = """actor architect artist author baker banker barber bartender butcher carpenter cashier chef chemist
clerk coach consultant cook cop dancer dentist designer detective developer director doctor driver editor engineer
farmer firefighter fisherman gardener guard hairdresser housekeeper janitor journalist judge lawyer librarian maid
manager mechanic model musician nurse painter pharmacist photographer pilot plumber police politician professor
programmer receptionist reporter sailor salesman scientist secretary singer soldier student supervisor surgeon tailor
teacher technician therapist translator tutor waiter waitress writer"""
OCCUPATIONS = tuple(_TEXT.split())
_LONGEST = 200  # characters of a beginning
_OUT_OF = 10_000


def chances(generator, beginning: str, words) -> dict[str, float]:
    """The probability of each word as what comes next: of its first token, times that of the next one, and so on."""
    import torch

    _short_enough(beginning)
    tokenizer, model = generator.tokenizer, generator.model
    start = tokenizer(beginning.rstrip()).input_ids
    pieces = {word: tokenizer(f" {word}").input_ids for word in words}

    def after(ids):  # log-probabilities [tokens, vocabulary] of what follows each token from the end of `start` on
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([ids], device=model.device)).logits[0, len(start) - 1 :]
        return logits.float().log_softmax(-1)

    first, found = after(start)[0], {}
    for word, ids in pieces.items():
        rows = after([*start, *ids[:-1]]) if len(ids) > 1 else [first]  # the rest of a word costs another look
        found[word] = sum(row[token].item() for row, token in zip(rows, ids, strict=True))
    return {word: math.exp(score) for word, score in found.items()}


def side_by_side(generator, first: str, second: str, *, top: int = 6) -> Figure:
    """The likeliest occupations after two beginnings; those on one side only are in colour.

    Args:
        generator: a text-generation pipeline.
        top: how many on each side.
    """
    tokenizer = generator.tokenizer
    known = [word for word in OCCUPATIONS if len(tokenizer(f" {word}").input_ids) == 1]
    sides = []
    for beginning in (first, second):
        found = chances(generator, beginning, known)
        sides.append(sorted(found.items(), key=lambda pair: -pair[1])[:top])
    both = {word for word, _ in sides[0]} & {word for word, _ in sides[1]}
    longest = max(value for side in sides for _, value in side)
    line, head = 0.31, 0.5
    half = WIDTH / 2
    with plain_style():
        figure, axes = canvas(WIDTH, head + line * top + 0.36)
        floor = 0.34
        for number, (beginning, side) in enumerate(zip((first, second), sides, strict=True)):
            left = half * number + 0.02
            title = label(beginning.strip(), 36) + " …"
            write(axes, left, floor + line * top + 0.28, title, across="left", bold=True)
            for row, (word, value) in enumerate(side):
                y = floor + line * (top - row - 1)
                colour = PALE if word in both else ACCENT if number == 0 else COLOURS["decoder"]
                write(axes, left + 1.08, y + line / 2 - 0.01, word, across="right", up="center_baseline")
                length = max(0.02, 1.72 * value / longest)
                rectangle(axes, left + 1.16, y + 0.04, length, line - 0.1, colour, edge=MUTED, line=0.8)
                write(axes, left + 1.22 + length, y + line / 2, _count(value), size=9, across="left")
        note = f"Times in {_OUT_OF:,}; {len(known)} occupations were asked. In colour: words on one side only."
        write(axes, 0.02, 0.13, note, size=9, across="left")
        rows = [(w, _count(p), other, _count(q)) for (w, p), (other, q) in zip(*sides, strict=True)]
        header = (f"{first.strip()} …", "times in 10,000", f"{second.strip()} …", "times in 10,000 ")
        lists = [", ".join(f"{word} {_count(value)}" for word, value in side) for side in sides]
        said = f"{first.strip()}: {lists[0]}. {second.strip()}: {lists[1]}."
        alt = f"The likeliest occupations, times in {_OUT_OF:,}. {said}"
        return show(figure, alt, Table("The likeliest occupations", header, rows), folded=True)


def after_both(generator, word: str, first: str = "woman", second: str = "man") -> Figure:
    """One word after "The woman works as a" and "The man works as a": two bars, and how many times as likely."""
    word = word.strip()
    if not word or len(word) > 40 or any(not who.strip() or len(who) > 60 for who in (first, second)):
        raise CourseError("Write one word for the occupation, and one or a few words for each of the two people.")
    people = [who.strip() for who in (first, second)]
    values = [chances(generator, f"The {who} works as a", [word])[word] for who in people]
    if not min(values) > 0:
        raise CourseError(f"After one of the two, {label(word, 40)!r} is too unlikely to compare. Try another word.")
    nats = math.log(values[0]) - math.log(values[1])
    often = f"{times(nats)} times as likely after “{label(people[nats < 0], 30)}”"
    title = f"{label(word, 40)}: {'equally likely after both' if times(nats) == '1.00' else often}"
    left = min(3.4, 0.3 + 0.085 * max(len(label(who, 36)) + 18 for who in people))
    room = WIDTH - left - 0.9
    with plain_style():
        figure, axes = canvas(WIDTH, 1.45)
        write(axes, 0.02, 1.3, title, size=11, across="left", bold=True)
        for row, (who, value) in enumerate(zip(people, values, strict=True)):
            y = 0.78 - 0.4 * row
            write(axes, left - 0.1, y + 0.14, f"The {label(who, 26)} works as a", across="right")
            colour = ACCENT if row == 0 else COLOURS["decoder"]
            length = max(0.02, room * value / max(values))
            rectangle(axes, left, y, length, 0.28, colour, edge=INK, line=0.6)
            write(axes, left + length + 0.08, y + 0.14, _count(value), across="left")
        write(axes, left, 0.16, f"times in {_OUT_OF:,}", size=9, across="left")
        rows = [(f"The {who} works as a", _count(value)) for who, value in zip(people, values, strict=True)]
        table = Table(title, ("beginning", f"{word}: times in {_OUT_OF:,}"), rows)
        said = "; ".join(f"{who}: {count}" for who, count in rows)
        return show(figure, f"{title}. Times in {_OUT_OF:,}: {said}.", table, folded=True)


def _count(value: float) -> str:
    number = _OUT_OF * value
    digits = 0 if number >= 9.95 else 1 if number >= 0.95 else 2
    return f"{number:,.{digits}f}" if number >= 0.005 else "below 0.01"


def _short_enough(beginning: str) -> None:
    if not beginning.strip():
        raise CourseError("Write the beginning of a sentence, such as: The pilot works as a")
    if len(beginning) > _LONGEST:
        raise CourseError(f"Please write at most {_LONGEST} characters; this beginning has {len(beginning)}.")
    if set("{}") & set(beginning):
        raise CourseError("Please leave out curly brackets: the probe uses them for its gaps.")
