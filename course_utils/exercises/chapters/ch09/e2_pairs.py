"""9.2 Pairs that are pairs."""

import re
from os.path import commonprefix

from course_utils.exercises.answers import as_list, as_text, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

# Words for a woman and for a man; "her" has two partners. Endings count too: *granddaughter*, *boys*.
_PARTNERS = """woman man, women men, girl boy, she he, her his, her him, hers his, herself himself, female male,
mother father, mum dad, mom dad, mummy daddy, mommy daddy, ma pa, grandma granddad, grandma grandad, granny grandpa,
sister brother, daughter son, aunt uncle, auntie uncle, niece nephew, wife husband, wives husbands, bride groom,
bride bridegroom, fiancée fiancé, widow widower, girlfriend boyfriend, lady gentleman, ladies gentlemen, lady lord,
madam sir, mrs mr, ms mr, miss mr, gal guy, lass lad, queen king, princess prince, duchess duke, heroine hero,
actress actor, waitress waiter, stewardess steward, hostess host, nun monk, witch wizard,
princesses princes, heroines heroes, actresses actors, waitresses waiters"""


_BOTH = {tuple(pair.split()) for pair in _PARTNERS.split(",")}


_PRONOUNS = {"she", "he", "her", "his", "him", "hers", "herself", "himself"}


_PAIRS = (
    "pairs = [\n"
    '    ("The woman next door waters the garden.", "The man next door waters the garden."),\n'
    '    ("My aunt left her bag on the train.", "My uncle left his bag on the train."),\n'
    '    ("She reads the paper at six.", "He reads the paper at six."),\n'
    '    ("Mrs Hill teaches the girls and the boys.", "Mr Hill teaches the girls and the boys."),\n'
    "]"
)


_PAIRS = changed(_PAIRS, ("teaches the girls and the boys", "opens the shop on Mondays"))


def _check_pairs(answer) -> str | None:
    given = as_list(answer)
    if given is None or not all(is_a(pair, list, tuple) and len(pair) == 2 for pair in given):
        return f"`pairs` should be a list of pairs of sentences; given: {describe(answer)}."
    pairs = [tuple(as_text(side) for side in pair) for pair in given[:100]]
    if any(not side for pair in pairs for side in pair):
        return "Each pair holds two texts, and neither may be empty."
    if any(len(side) > 500 for pair in pairs for side in pair):
        return "One sentence a side is enough: keep each below 500 characters."
    stories = []
    for first, second in pairs:
        a, b = _split(first), _split(second)
        if says := _pair_problem(a, b):
            return f"{says} Your pair: {first[:60]!r}, {second[:60]!r}."
        stories.append([x.lower() for x, y in zip(a[1::2], b[1::2], strict=True) if x == y])
    if any(story in stories[:i] for i, story in enumerate(stories)):
        return "Two of your pairs tell the same story: change more than the woman."
    return f"Four pairs are wanted; given: {len(pairs)}." if len(pairs) < 4 else None


def _split(text: str) -> list[str]:
    """Words at the odd places, what stands between them at the even ones."""
    return re.split(r"([^\W_]+)", text)


def _pair_problem(a: list[str], b: list[str]) -> str | None:
    if a == b:
        return "The two sentences are the same."
    if len(a) != len(b):
        return "The two sentences do not have the same number of words, so more than the group differs."
    if a[::2] != b[::2]:
        return "The marks or spaces between the words differ, and a model sees those, too."
    for x, y in zip(a[1::2], b[1::2], strict=True):
        if _partners(y, x):
            return "The woman comes first, in every pair and in every word."
        if x != y and not _partners(x, y):
            return f"More than the group differs, or it is a pair unknown here: {x!r} against {y!r}."
    same = sorted({x.lower() for x, y in zip(a[1::2], b[1::2], strict=True) if x == y} & _PRONOUNS)
    if same:
        return (
            f"{same[0]!r} stands in both sentences: if it means the woman or the man, change it; if it means "
            "somebody else, name them."
        )
    return None


def _partners(woman: str, man: str) -> bool:
    if (woman.istitle(), woman.isupper()) != (man.istitle(), man.isupper()):
        return False
    a, b = woman.lower(), man.lower()
    if (a, b) not in _BOTH and a[-1] == b[-1] == "s":
        a, b = a[:-1], b[:-1]
    start = len(commonprefix((a, b)))  # *step* mother, *business* woman
    return bool({(a, b), (a[start:], b[start:])} & _BOTH)


EXERCISE = Exercise(
    id="9.2",
    title="Pairs that are pairs",
    minutes=6,
    difficulty="easy",
    starter="pairs = ...",
    answer="pairs",
    check=_check_pairs,
    expects="a list of pairs of sentences",
    hints=(
        "Write the sentence about a woman, copy it, and change only the words that name her.",
        "A pronoun, *her* or *she*, belongs to the group and changes, too. Use no names: *sister*, *aunt*, *she*.",
    ),
    solution=_PAIRS,
    wrong=(
        Wrong(
            changed(_PAIRS, ("My uncle left his", "My uncle lost his")),
            "it is a pair unknown here: 'left' against 'lost'",
        ),
        Wrong(changed(_PAIRS, ("My uncle left his", "My uncle left her")), "stands in both sentences"),
        Wrong(changed(_PAIRS, ('"He reads the paper at six."', '"He reads the paper, at six!"')), "marks or spaces"),
        Wrong(changed(_PAIRS, ("He reads the", "He often reads the")), "do not have the same number of words"),
        Wrong(changed(_PAIRS, ("He reads the", "She reads the")), "The two sentences are the same"),
        Wrong(
            changed(
                _PAIRS,
                (
                    '("She reads the paper at six.", "He reads the paper at six.")',
                    '("He reads the paper at six.", "She reads the paper at six.")',
                ),
            ),
            "The woman comes first",
        ),
        Wrong(
            changed(
                _PAIRS,
                ("My aunt left her bag on the train", "The girl next door waters the garden"),
                ("My uncle left his bag on the train", "The boy next door waters the garden"),
            ),
            "tell the same story",
        ),
        Wrong("pairs = [('She works.', 'He works.')]", "Four pairs are wanted"),
        Wrong("pairs = ['The woman works.', 'The man works.']", "`pairs` should be a list of pairs"),
    ),
    alternatives=(
        "things = ['a letter', 'the news', 'a poem', 'a long list']\n"
        "pairs = [[f'{who} wrote {thing}.' for who in ('My sister', 'My brother')] for thing in things]",
        "women = ['The girl\u2019s dog barks.', 'My mother-in-law paints.', 'BUSINESSWOMEN MEET.', 'Yes, Madam.']\n"
        "men = ['The boy\u2019s dog barks.', 'My father-in-law paints.', 'BUSINESSMEN MEET.', 'Yes, Sir.']\n"
        "pairs = list(zip(women, men))",
    ),
    note="Pairs are easily spoilt: Blodgett et al. 2021 list what went wrong in four known collections.",
)
