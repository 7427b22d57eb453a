"""2.14 One sentence, several languages."""

from collections import OrderedDict

from course_utils.exercises.answers import as_text, attempt, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_LONG = "The house is small, and the garden behind it is so large that nobody has ever walked to the end of it."


_CASES = (  # the text, the languages
    ("The house is small.", ("French", "German", "Dutch")),
    ("Hello.", ("Swiss", "French")),
    (_LONG, ("German", "Echo", "Swiss")),
    ("Hello.", ()),
)


def _translation(language, text) -> str:
    """Nobody's language, but each has its own; Echo gives the text back, and Swiss is the same as German."""
    name = "German" if language == "Swiss" else language
    return text if name == "Echo" else f"{name} for <{text}>"


def _translators(languages, asked: list) -> OrderedDict:
    def to(language):
        def translate(text):
            asked.append((language, text))
            return _translation(language, text)

        return translate

    return OrderedDict((language, to(language)) for language in languages)


def _check_into_languages(answer) -> str | None:
    for text, languages in _CASES:
        asked: list = []
        translators = _translators(languages, asked)
        before = dict(translators)  # an OrderedDict is handed over as it is, so that a change shows here
        value = call(answer, text, translators)
        right = {language: _translation(language, text) for language in languages}
        if dict(translators) != before:
            return "You changed `translators`, and whoever called your function needs it again: build a new dictionary."
        if not close(value, right):
            return _what_is_wrong(value, right, text, asked)
    return None


def _what_is_wrong(value, right, text, asked) -> str:
    other = next(((language, said) for language, said in asked if said != text), None)
    if other:
        language, said = other
        told = f"The function for {language} was called with {describe(said)}"
        if attempt(lambda: said in {_translation(*earlier) for earlier in asked}):
            return f"{told}, which is a translation already: give each function the original text."
        return f"{told}: give each function the whole text as it is, {text!r}."
    if is_a(value, list, tuple):
        return f"Return a dictionary, which says the language of each translation; given: {describe(value)}."
    if not is_a(value, dict):
        return f"Return a dictionary from language to translation; given: {describe(value)}."
    got = dict(value)
    if got and any(callable(x) for x in got.values()):
        return "The dictionary holds the functions themselves: call each one with the text."
    if right and attempt(lambda: set(got) == set(right.values())):
        return "Keys and values are swapped: the language is the key."
    if set(got) != set(right):
        return f"The keys should be the languages `{list(right)}`; given: `{list(got)}`."
    language = next(language for language in right if not close(got[language], right[language]))
    if as_text(got[language]) is None:
        return f"Each value should be a text; for {language} it is {describe(got[language])}."
    return f"For {text!r} the value for {language} should be {right[language]!r}; given: {describe(got[language])}."


_INTO = (
    "def into_languages(text, translators):\n"
    "    return {language: translate(text) for language, translate in translators.items()}"
)


EXERCISE = Exercise(
    id="2.14",
    title="One sentence, several languages",
    minutes=4,
    difficulty="easy",
    starter="def into_languages(text, translators):\n    ...",
    answer="into_languages",
    check=_check_into_languages,
    expects="a function that returns a dictionary",
    why="Functions are values like others, so a dictionary can hold them. `items()` gives each language with "
    "its function, "
    "and the function is called with the text.",
    hints=(
        "How do you go through the keys and values of a dictionary? And what can you do with a value that is a "
        "function?",
        "`translators.items()` gives each language together with its function.",
        "A function from a dictionary is called like any other: `translators[language](text)`.",
    ),
    solution=_INTO,
    wrong=(
        Wrong(
            "def into_languages(text, translators):\n"
            "    return [translate(text) for translate in translators.values()]",
            "which says the language of each",
        ),
        Wrong("def into_languages(text, translators):\n    return dict(translators)", "the functions themselves"),
        Wrong(
            changed(_INTO, ("translate(text)", "translate('The house is small.')")), "the whole text as it is, 'Hello.'"
        ),
        Wrong(
            "def into_languages(text, translators):\n"
            "    result = {}\n"
            "    for language, translate in translators.items():\n"
            "        text = translate(text)\n"
            "        result[language] = text\n"
            "    return result",
            "which is a translation already",
        ),
        Wrong(
            changed(_INTO, ("translate(text)", '" ".join(translate(word) for word in text.split())')),
            "was called with text (`'The'`)",
        ),
        Wrong(
            "def into_languages(text, translators):\n"
            "    first = list(translators.values())[0](text) if translators else ''\n"
            "    return {language: first for language in translators}",
            "the value for German should be 'German for <The house is small.>'; given: text (`'French",
        ),
        Wrong(
            "def into_languages(text, translators):\n    return {f(text): name for name, f in translators.items()}",
            "Keys and values are swapped",
        ),
        Wrong(
            "def into_languages(text, translators):\n"
            "    for language in translators:\n"
            "        translators[language] = translators[language](text)\n"
            "    return translators",
            "You changed `translators`",
        ),
        Wrong(changed(_INTO, ("translate(text)", "[translate(text)]")), "Each value should be a text"),
        Wrong(changed(_INTO, ("{language:", "{language.lower():")), "The keys should be the languages"),
    ),
    also_wrong=(
        changed(_INTO, ("translate(text)", "translate(text)[:70]")),
        "def into_languages(text, translators):\n"
        "    found = {}\n"
        "    for language, translate in translators.items():\n"
        "        if translate(text) not in [text, *found.values()]:\n"
        "            found[language] = translate(text)\n"
        "    return found",
        "known = {}\n"
        "def into_languages(text, translators):\n"
        "    for language in translators:\n"
        "        if language not in known:\n"
        "            known[language] = translators[language](text)\n"
        "    return {language: known[language] for language in translators}",
        "def into_languages(text, translators, found={}):\n"
        "    found.update((language, translate(text)) for language, translate in translators.items())\n"
        "    return found",
        changed(_INTO, ("translate(text)", "translate(text.lower())")),
        "def into_languages(text, translators):\n"
        "    return dict(zip(sorted(translators), [translate(text) for translate in translators.values()]))",
    ),
    alternatives=(
        "def into_languages(text, translators):\n"
        "    found = {}\n"
        "    for name in translators:\n"
        "        found[name] = translators[name](text)\n"
        "    return found",
        "from concurrent.futures import ThreadPoolExecutor\n\n"
        "def into_languages(text, translators):\n"
        "    with ThreadPoolExecutor(2) as pool:\n"
        "        jobs = {name: pool.submit(translate, text) for name, translate in translators.items()}\n"
        "    return {name: jobs[name].result() for name in sorted(jobs)}",
    ),
)
