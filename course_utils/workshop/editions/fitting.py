"""What fits on a slide of 1280 x 720: sentences, rows, lines of code and their size, cut by rule, never by a scrollbar.

Lengths are CSS pixels of that slide. Nothing is smaller than `SMALLEST`, which is 15 points; what is cut stands in the
speaker's notes.
"""

import math
import re
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 1144, 494  # of what stands below a heading of one line
SMALLEST = 20
SIZES = (30, 28, 26, 24, 22, SMALLEST)
CODE_SIZES = (28, 26, 24, 22, SMALLEST)
PROSE, MONO = 0.51, 0.602  # the mean width of a character, as a share of the size of the text
PROSE_LINE, CODE_LINE, ROW_PADDING, COLUMN_PADDING = 1.4, 1.4, 10, 28
ASKS = r"\*\*(?:Guess|Predict|Decide|Choose|Move|Try|Hunt|Which|Why|And find out|Use the rule)\b"
MOST_ASKED = 200  # characters
MORE = "… {} more {} in the notebook"


def room_below(heading: str) -> float:
    """What is left below this heading (HTML), which may need a second line."""
    lines = math.ceil(len(re.sub(r"<[^>]+>", "", heading)) / 46)
    return HEIGHT - 51 * max(0, lines - 1)


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph of Markdown; emphasis, code and links are never cut in two."""
    parts = re.split(r"(?<=[.!?:])[\s]+(?=[A-Z*`\[“\"(\d])", " ".join(paragraph.split()))
    found: list[str] = []
    for part in parts:
        whole = not found or _balanced(found[-1])
        if whole and not (found and re.search(r"\b(?:e\.g|i\.e|cf|Fig|No|vs)\.$", found[-1])):
            found.append(part)
        else:
            found[-1] += " " + part
    return found


def _balanced(text: str) -> bool:
    bare = re.sub(r"`[^`]*`", "", text)
    bold, rest = bare.count("**"), bare.replace("**", "")
    pairs = bold % 2 == rest.count("*") % 2 == bare.count("`") % 2 == bare.count("$") % 2 == 0
    return pairs and bare.count("(") == bare.count(")") and bare.count("[") == bare.count("]")


def plain_length(markdown: str) -> int:
    """How many characters are seen: without the addresses of links and the signs of emphasis."""
    return len(re.sub(r"\]\([^)]*\)|[*`\[\]$]", "", markdown))


def lead(paragraph: str, room: int) -> str:
    """The first sentences of a paragraph that together have at most `room` characters: one at least."""
    kept = ""
    for sentence in sentences(paragraph):
        if kept and plain_length(f"{kept} {sentence}") > room:
            break
        kept = f"{kept} {sentence}".strip()
    return kept


def ask(paragraph: str) -> str:
    """What a paragraph ends in if that is a task for the room: "**Guess:** which word …?"; else ""."""
    found = sentences(paragraph)
    for place, sentence in enumerate(found):
        if re.match(ASKS, sentence):
            task = " ".join(found[place:])
            return task if plain_length(task) <= MOST_ASKED else " ".join(found[place : place + 2])
    return found[-1] if found and found[-1].endswith("?") else ""


def asks(text: str) -> bool:
    """Whether this is a task or a question."""
    return bool(re.match(ASKS, text)) or text.endswith("?") and len(sentences(text)) == 1


# ---------------------------------------------------------------- code and printed text


@dataclass(frozen=True)
class Block:
    """Lines that fit, the size of their text, and how many lines were left out."""

    text: str
    size: int
    left_out: int = 0
    height: float = 0


def fit_lines(text: str, height: float = HEIGHT, width: float = WIDTH, *, least: bool = False) -> Block:
    """Monospaced lines in the largest size in which all of them fit (the smallest if `least`).

    Where none does, the last lines go.
    """
    lines = text.rstrip().splitlines()
    for size in CODE_SIZES[-1:] if least else CODE_SIZES:
        if (needed := _height(lines, size, width)) <= height:
            return Block("\n".join(lines), size, 0, needed)
    kept = list(lines)
    while len(kept) > 1 and _height([*kept, ""], SMALLEST, width) > height:
        kept.pop()
    per_line = int((width - COLUMN_PADDING) / (MONO * SMALLEST))
    most = max(1, int(height / (SMALLEST * CODE_LINE)) - 2) * per_line  # one line may be too long by itself
    shown = [line if len(line) <= most else line[:most] + " …" for line in kept]
    return Block("\n".join(shown), SMALLEST, len(lines) - len(kept), _height([*shown, ""], SMALLEST, width))


def _height(lines: list[str], size: int, width: float) -> float:
    per_line = max(1, int((width - COLUMN_PADDING) / (MONO * size)))
    return sum(max(1, math.ceil(len(line) / per_line)) for line in lines) * size * CODE_LINE + COLUMN_PADDING


# ---------------------------------------------------------------- tables


def fit_table(html: str, height: float = HEIGHT) -> str:
    """A stored HTML table in the largest size in which all of it fits; the last rows go where none does."""
    rows = re.findall(r"(?s)<tr\b.*?</tr>", html)
    caption = re.search(r"(?s)<caption\b[^>]*>(.*?)</caption>", html)
    cells = [[_text(cell) for cell in re.findall(r"(?s)<t[hd]\b[^>]*>(.*?)</t[hd]>", row)] for row in rows]
    if not rows:
        return ""
    room = height - (48 if caption else 0)
    for size in SIZES[1:]:
        heights = table_heights(cells, size)
        if sum(heights) <= room:
            break
    kept, total = 0, 0.0
    while kept < len(rows) and (total + heights[kept] <= room - (44 if sum(heights) > room else 0) or kept == 0):
        total += heights[kept]
        kept += 1
    left_out = len(rows) - kept
    head = f"<caption>{caption[1]}</caption>" if caption else ""
    more = f'<p class="more">{MORE.format(left_out, "row" if left_out == 1 else "rows")}</p>' if left_out else ""
    body = "".join(re.sub(r'\sstyle="[^"]*"', "", row) for row in rows[:kept])
    return f'<table style="font-size:{size}px">{head}<tbody>{body}</tbody></table>{more}'


def table_heights(cells: list[list[str]], size: int) -> list[float]:
    """The height of each row, with columns as wide as their longest cell, or narrower where that is too wide."""
    columns = max(map(len, cells))
    wanted = [max((len(row[n]) for row in cells if n < len(row) and len(row) > 1), default=1) for n in range(columns)]
    widths = [max(1, n) * size * 0.55 for n in wanted]
    share = min(1.0, (WIDTH - columns * COLUMN_PADDING) / sum(widths))
    per_line = [max(4.0, width * share / (size * 0.55)) for width in widths]
    lines = []
    for row in cells:
        if len(row) < 2:  # a heading across all columns
            lines.append(math.ceil(len("".join(row)) * size * 0.55 / WIDTH))
        else:
            lines.append(max(math.ceil(len(text) / per_line[min(n, columns - 1)]) for n, text in enumerate(row)))
    return [max(1, n) * size * PROSE_LINE + ROW_PADDING for n in lines]


def _text(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


# ---------------------------------------------------------------- prose


def prose_height(texts: list[str], size: int, indent: float = 0) -> float:
    """How high paragraphs or list items become, with the space below each."""
    per_line = (WIDTH - indent) / (PROSE * size)
    return sum(
        math.ceil(1.04 * max(1, plain_length(text)) / per_line) * size * PROSE_LINE + 0.5 * size for text in texts
    )


def more(count: int, what: str) -> str:
    """The line that says what was left out."""
    return f'<p class="more">{escape(MORE.format(count, what))}</p>' if count else ""
