"""2.14 One sentence, several languages."""

from collections import OrderedDict
from os.path import commonprefix

from course_utils.exercises.answers import as_text, attempt, call, close, describe, is_a, safe_repr
from course_utils.exercises.records import Exercise, Wrong, changed

_LONG = (  # sentences, line breaks, an empty line, spaces at both ends, and more than a model can read
    " The house is small.\nThe garden is so large that Mr. Reed has a map of it.\n\n"
    + "Nobody has walked to its end!  Have you? " * 60
    + "\n "
)


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
            return _what_is_wrong(value, right, text, asked, before)
    return None


def _apart(given, right: str) -> str:
    """Where two long texts part, since they are shown without their middle; "" for short ones."""
    if len(right) < 100 or not is_a(given, str):
        return ""
    at = len(commonprefix([given, right]))
    return f" The two texts have {len(given)} and {len(right)} characters and differ from position {at} on."


def _what_is_wrong(value, right, text, asked, translators) -> str:
    other = next(((language, said) for language, said in asked if said != text), None)
    if other:
        language, said = other
        told = f"The function for {language} was called with {describe(said)}"
        if attempt(lambda: said in {_translation(*earlier) for earlier in asked[: asked.index(other)]}):
            return f"{told}, which is a translation already: give each function the original text."
        return f"{told}: give each function the whole text as it is, {safe_repr(text, 80)}.{_apart(said, text)}"
    if is_a(value, list, tuple):
        return f"Return a dictionary, which says the language of each translation; given: {describe(value)}."
    if not is_a(value, dict):
        return f"Return a dictionary from language to translation; given: {describe(value)}."
    got = dict(value)
    if got and all(any(x is function for function in translators.values()) for x in got.values()):
        return "The dictionary holds the functions themselves: call each one with the text."
    if right and attempt(lambda: set(got) == set(right.values())):
        return "Keys and values are swapped: the language is the key."
    if set(got) != set(right):
        return f"The keys should be the languages `{list(right)}`; given: `{list(got)}`."
    language = next(language for language in right if not close(got[language], right[language]))
    if as_text(got[language]) is None:
        return (
            f"Each value should be the text that the function of the language returns; for {language} it is "
            f"{describe(got[language])}."
        )
    return (
        f"For {safe_repr(text, 80)} the value for {language} should be {safe_repr(right[language], 80)}; given: "
        f"{describe(got[language])}.{_apart(got[language], right[language])}"
    )


_INTO = (
    "def into_languages(text, translators):\n"
    "    return {language: translate(text) for language, translate in translators.items()}"
)


EXERCISE = Exercise(
    id="2.14",
    title="One sentence, several languages",
    minutes=5,
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
        Wrong(changed(_INTO, ("translate(text)", "[translate(text)]")), "for French it is a list"),
        Wrong(changed(_INTO, ("translate(text)", "(lambda: translate(text))")), "for French it is a function"),
        Wrong(changed(_INTO, ("translate(text)", "translate(text.strip())")), "differ from position 0 on"),
        Wrong(
            changed(_INTO, ("translate(text)", 'translate(text.split(". ")[0])')),
            "have 51 and 2538 characters",
        ),
        Wrong(changed(_INTO, ("{language:", "{language.lower():")), "The keys should be the languages"),
    ),
    also_wrong=(
        # a text cut, joined again, or tidied up
        *(
            changed(_INTO, ("translate(text)", f"translate({cut})"))
            for cut in (
                "text.splitlines()[0]",
                "text[:512]",
                "text[:2000]",
                "text.rstrip()",
                "text.lstrip()",
                'text.replace("\\n", " ")',
                '" ".join(text.split())',
                'text.replace("  ", " ")',
            )
        ),
        "import re\n\n"
        "def into_languages(text, translators):\n"
        "    parts = [part for part in re.split(r'(?<=[.!?])\\s+', text) if part]\n"
        "    return {name: ' '.join(f(part) for part in parts) for name, f in translators.items()}",
        "def into_languages(text, translators):\n"
        "    lines = text.splitlines(keepends=True)\n"
        "    return {name: ''.join(map(f, lines)) for name, f in translators.items()}",
        changed(_INTO, ("translate(text)", "translate(text).strip('\\n >') + '>'")),
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
