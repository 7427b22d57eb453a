"""2.14 One sentence, several languages."""

from course_utils.exercises.answers import as_list, as_text, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong


def _check_into_languages(answer) -> str | None:
    asked: list = []

    def to(name):
        def translate(text):
            asked.append((name, text))
            return f"{name}: {text}"

        return translate

    names = ["French", "German", "Dutch"]
    value = call(answer, "The house is small.", {name: to(name) for name in names})
    right = {name: f"{name}: The house is small." for name in names}
    if close(value, right):
        other = call(answer, "Hello.", {"Swiss": to("Swiss")})
        if not close(other, {"Swiss": "Swiss: Hello."}):
            return f"For another text and language it goes wrong: use the two arguments; given: {describe(other)}."
        empty = call(answer, "Hello.", {})
        return (
            None if close(empty, {}) else f"Without any translator the dictionary is empty; given: {describe(empty)}."
        )
    if is_a(value, list, tuple) and len(as_list(value) or ()) == 3:
        return "The translations came as a list: a dictionary says which language each of them is."
    if not is_a(value, dict):
        return f"Return a dictionary from language to translation; given: {describe(value)}."
    got = dict(value)
    if any(callable(x) for x in got.values()):
        return "The dictionary holds the functions themselves: call each one with the text."
    if set(got) == set(right.values()):
        return "Keys and values are swapped: the language is the key."
    if set(got) != set(names):
        return f"The keys should be the three languages {', '.join(names)}; given: {describe(list(got))}."
    if any((as_text(x) or "").count(":") > 1 for x in got.values()):
        return "You translated a translation: give each function the original text."
    if any(as_text(x) is None for x in got.values()):
        return f"Each value should be a text; for German it is {describe(got.get('German'))}."
    if len({as_text(x) for x in got.values()}) == 1:
        return "All languages got the same translation: call the function that belongs to each."
    return f"For German the value should be 'German: The house is small.'; given: {describe(got.get('German'))}."


EXERCISE = Exercise(
    id="2.14",
    title="One sentence, several languages",
    minutes=4,
    difficulty="easy",
    starter="def into_languages(text, translators):\n    ...",
    answer="into_languages",
    check=_check_into_languages,
    expects="a function that returns a dictionary",
    hints=(
        "`translators.items()` gives each language together with its function.",
        "A function from a dictionary is called like any other: `translators[language](text)`.",
    ),
    solution=(
        "def into_languages(text, translators):\n"
        "    return {language: translate(text) for language, translate in translators.items()}"
    ),
    wrong=(
        Wrong(
            "def into_languages(text, translators):\n"
            "    return [translate(text) for translate in translators.values()]",
            "came as a list",
        ),
        Wrong("def into_languages(text, translators):\n    return dict(translators)", "the functions themselves"),
        Wrong(
            "def into_languages(text, translators):\n"
            "    return {language: f('The house is small.') for language, f in translators.items()}",
            "use the two arguments",
        ),
        Wrong(
            "def into_languages(text, translators):\n"
            "    result = {}\n"
            "    for language, translate in translators.items():\n"
            "        text = translate(text)\n"
            "        result[language] = text\n"
            "    return result",
            "You translated a translation",
        ),
        Wrong(
            "def into_languages(text, translators):\n"
            "    first = list(translators.values())[0](text) if translators else ''\n"
            "    return {language: first for language in translators}",
            "All languages got the same translation",
        ),
        Wrong(
            "def into_languages(text, translators):\n    return {f(text): name for name, f in translators.items()}",
            "Keys and values are swapped",
        ),
    ),
    alternatives=(
        "def into_languages(text, translators):\n"
        "    found = {}\n"
        "    for name in translators:\n"
        "        found[name] = translators[name](text)\n"
        "    return found",
    ),
)
