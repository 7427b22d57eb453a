"""What an exercise is: one record each, in `chapters/chNN/eN_name.py` or, for a question, in `quiz/NN.md`.

A record holds everything about its exercise: the starter cell, the check, the hints, a solution, and the
wrong and right answers its check must tell apart. The notebooks and the tests are made from the records;
`shelf` finds them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ..describing import describe, is_a
from .answers import as_text


@dataclass(frozen=True)
class Wrong:
    """A plausible wrong answer, and a piece of the sentence that only this slip gets.

    `slip` is an optional short name of the mistake, such as "argmax", for whoever counts the mistakes of a class.
    """

    code: str
    says: str
    status: str = "not yet"  # or "error in your code"
    slip: str = ""


def changed(code: str, *pairs: tuple[str, str]) -> str:
    """The code with each `(old, new)` replaced: how most wrong answers come from the solution.

    Raises:
        ValueError: `old` is not in the code, so that a wrong answer would be the solution itself.
    """
    for old, new in pairs:
        if old not in code:
            raise ValueError(f"{old!r} is not in the solution")
        code = code.replace(old, new)
    return code


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A task whose answer is a value or a function."""

    id: str
    title: str
    minutes: int
    difficulty: str  # easy | medium | hard
    starter: str  # code of the starter cell, without the check call
    answer: str  # the expression given to check()
    check: Callable[[object], str | None]  # None: correct; else the sentence that names the slip
    hints: tuple[str, ...]
    solution: str
    wrong: tuple[Wrong, ...]
    alternatives: tuple[str, ...]
    also_wrong: tuple[str, ...] = ()  # more answers that must not pass, whatever sentence they get
    context: str = ""  # code that makes the variables of the notebook that the solution uses
    expects: str = ""  # "a list of four numbers": said when the check cannot work with the object at all
    note: str = ""  # said with "correct"
    why: str = ""  # said above the solution: the idea behind it, in a sentence or two


@dataclass(frozen=True)
class Option:
    """One choice of a quiz question. The explanation says why it is right or wrong."""

    text: str
    explanation: str
    correct: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """A quiz question: the answer is a letter, or several. It offers the same attributes as `Exercise`."""

    id: str
    title: str
    minutes: int
    difficulty: str
    question: str
    options: dict[str, Option]
    hints: tuple[str, ...]
    context: str = ""
    topic: str = ""  # of a quiz: the row of `scores()` in which the question counts
    section: str = ""  # where to read again, notebook and heading: "05_architectures.ipynb#9. Choosing"
    answer: str = field(default="answer", init=False)

    @property
    def starter(self) -> str:
        return f'answer = ...  # for example "{", ".join(list(self.options)[: 2 if self.several else 1])}"'

    @property
    def right(self) -> tuple[str, ...]:
        return tuple(letter for letter, option in self.options.items() if option.correct)

    @property
    def several(self) -> bool:
        return len(self.right) > 1

    @property
    def expects(self) -> str:
        letters = ", ".join(self.options)
        if self.several:
            return f'several of the letters {letters} in one text, such as `"a, b"`'
        return f'one of the letters {letters}, in quotation marks, such as `"a"`'

    @property
    def note(self) -> str:
        return "\n".join(self.options[letter].explanation for letter in self.right)

    @property
    def solution(self) -> str:
        return f'answer = "{", ".join(self.right)}"'

    def check(self, answer) -> str | None:
        chosen = chosen_letters(answer, self.options)
        if not chosen:
            return f"Expected {self.expects}; given: {describe(answer)}."
        if not self.several and len(chosen) > 1:
            return "Only one of the choices is right: answer with one letter."
        wrong = [letter for letter in self.options if letter in chosen and letter not in self.right]
        if not self.several:
            return self.options[wrong[0]].explanation if wrong else None
        missing = len(self.right) - (len(chosen) - len(wrong))
        counted = self._count(len(self.right) - missing)
        if wrong:
            verb = "is" if len(wrong) == 1 else "are"
            return f"{counted} {len(wrong)} of yours {verb} not right: {self.options[wrong[0]].explanation}"
        return counted if missing else None

    def _count(self, found: int) -> str:
        return f"You have {found} of the {len(self.right)} right choices; {len(self.right) - found} missing."

    @property
    def wrong(self) -> tuple[Wrong, ...]:
        wrong = [
            Wrong(f'answer = "{letter}"', option.explanation)
            for letter, option in self.options.items()
            if not option.correct
        ]
        wrong.append(Wrong('answer = "?"', f"Expected {self.expects}"))
        if self.several:
            parts = range(1, len(self.right))
            wrong += [Wrong(f'answer = "{", ".join(self.right[:n])}"', self._count(n)) for n in parts]
        else:
            wrong.append(Wrong(f"answer = {list(self.options)}", "Only one of the choices is right"))
        return tuple(wrong)

    @property
    def alternatives(self) -> tuple[str, ...]:
        text = ", ".join(self.right)
        forms = (text.upper(), f" {text} ", "".join(self.right), list(self.right[::-1]), tuple(self.right))
        return (*(f"answer = {form!r}" for form in forms), f"answer = set({list(self.right)!r})")


def chosen_letters(answer, options) -> set[str] | None:
    """The letters chosen, or None when something else is there too."""
    if is_a(answer, list, tuple, set, frozenset):
        parts = [chosen_letters(part, options) if is_a(part, str) else None for part in list(answer)[:100]]
        return None if None in parts else set().union(*parts)
    text = as_text(answer)
    if text is None or len(text) > 100:
        return None
    words = [word for word in re.findall(r"\w+", text.lower()) if word != "and"]
    letters = [letter for word in words for letter in ([word] if word in options else word)]
    return set(letters) if all(letter in options for letter in letters) else None
