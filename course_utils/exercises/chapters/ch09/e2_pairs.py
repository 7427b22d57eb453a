"""9.2 Pairs that are pairs."""

import re
import unicodedata
from os.path import commonprefix

from course_utils.exercises.answers import as_list, as_text, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

# Words for a woman and for a man; "her" has two partners. Beginnings and endings count too: *granddaughter*, *boys*.
_PARTNERS = """woman man, women men, girl boy, she he, her his, her him, hers his, herself himself, female male,
mother father, mum dad, mom dad, mummy daddy, mommy daddy, mama papa, ma pa, grandma granddad, grandma grandad,
granny grandpa, granny granddad, granny grandad, nan grandad, sister brother, sis bro, daughter son, aunt uncle,
auntie uncle, niece nephew, wife husband, wives husbands, bride groom, bride bridegroom, fiancée fiancé,
fiancee fiance, widow widower, girlfriend boyfriend, lady gentleman, ladies gentlemen, lady gent, ladies gents,
lady lord, ladies lords, madam sir, miss sir, mrs mr, ms mr, miss mr, gal guy, girl guy, lass lad, queen king,
princess prince, princesses princes, duchess duke, duchesses dukes, countess count, empress emperor, goddess god,
goddesses gods, priestess priest, heiress heir, heroine hero, heroines heroes, actress actor, actresses actors,
waitress waiter, waitresses waiters, stewardess steward, stewardesses stewards, hostess host, hostesses hosts,
landlady landlord, landladies landlords, headmistress headmaster, barmaid barman, nun monk, witch wizard,
witches wizards, spinster bachelor, feminine masculine, maternal paternal"""


_BOTH = {tuple(pair.split()) for pair in _PARTNERS.split(",")}


_ENDINGS = ("", "s", "hood", "ly", "like")


# *her mother* and *his father* are two people each, whoever *her* and *his* are.
_RELATIVES = set(
    re.findall(
        r"\w+",
        """mother mothers mum mom grandmother grandmothers grandma sister sisters daughter daughters granddaughter
        granddaughters aunt aunts niece nieces girlfriend girlfriends""",
    )
)


_PRONOUNS = {"she", "he", "her", "his", "him", "hers", "herself", "himself"}


# A sentence about "the girl" says the same as one about "my aunt" when only such words differ.
_SMALL = set(re.findall(r"\w+", "a an the my our your their this that these those one some every"))


_PAIRS = (
    "pairs = [\n"
    '    ("The woman next door waters the garden.", "The man next door waters the garden."),\n'
    '    ("My aunt left her bag on the train.", "My uncle left his bag on the train."),\n'
    '    ("She reads the paper at six.", "He reads the paper at six."),\n'
    '    ("On Mondays the actress sleeps until noon.", "On Mondays the actor sleeps until noon."),\n'
    "]"
)


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
        story = [x.lower() for x, y in zip(a[1::2], b[1::2], strict=False) if x == y and x.lower() not in _SMALL]
        if says := _pair_problem(a, b, story):
            return f"{says} Your pair: {first[:60]!r}, {second[:60]!r}."
        if story in stories:
            return (
                f"Pairs {stories.index(story) + 1} and {len(stories) + 1} tell the same, {' '.join(story)[:80]!r}: "
                "each pair should tell something else."
            )
        stories.append(story)
    return f"At least four pairs are wanted; given: {len(pairs)}." if len(pairs) < 4 else None


def _split(text: str) -> list[str]:
    """Words at the odd places, what stands between them at the even ones."""
    return re.split(r"([^\W_]+)", unicodedata.normalize("NFC", text))


def _pair_problem(a: list[str], b: list[str], story: list[str]) -> str | None:
    if a == b:
        return "The two sentences are the same."
    if len(a) != len(b):
        return "Word by word the two sentences do not match: exchange words, but add none and drop none."
    for x, y in zip(a[1::2], b[1::2], strict=True):
        if _partners(y, x):
            return (
                f"{x!r} stands first and {y!r} second here. The first sentence is about the woman, the second about "
                "the man, and of all other people nothing changes."
            )
        if x != y and (x.lower() == y.lower() or _partners(x.lower(), y.lower())) and not _partners(x, y):
            return f"{x!r} against {y!r}: the capital letters differ, and a model sees those, too."
        if x != y and not _partners(x, y):
            return (
                f"{x!r} against {y!r}: either more than the person differs, or the check does not know this pair of "
                "words. It knows *woman* and *man*, *she* and *he*, *aunt* and *uncle* and many more, but no names."
            )
    if a[::2] != b[::2]:
        return "The marks or spaces between the words differ, and a model sees those, too."
    words = list(zip(a[1::2], b[1::2], strict=True))
    for (x, y), (her, his) in zip(words[1:], words, strict=False):
        if x != y and x.lower() in _RELATIVES and (her.lower(), his.lower()) == ("her", "his"):
            return (
                f"'{her} {x}' became '{his} {y}': that is somebody and a relative or friend, so two people have "
                "changed. Change one of them only."
            )
    if not story:
        return "Write whole sentences: besides the words for the person a sentence should tell something."
    same = sorted({x.lower() for x, y in zip(a[1::2], b[1::2], strict=True) if x == y} & _PRONOUNS)
    if same:
        return (
            f"{same[0]!r} stands in both sentences. If it means the woman or the man, change it. If it means somebody "
            "else, use another word, such as *the neighbour*: these pronouns are for the one person who changes."
        )
    return None


def _partners(woman: str, man: str) -> bool:
    if (woman.istitle(), woman.isupper()) != (man.istitle(), man.isupper()):
        return False
    for ending in _ENDINGS:
        if woman.lower().endswith(ending) and man.lower().endswith(ending):
            a, b = woman.lower().removesuffix(ending), man.lower().removesuffix(ending)
            start = len(commonprefix((a, b)))  # *step* mother, *business* woman
            if {(a, b), (a[start:], b[start:])} & _BOTH:
                return True
    return False


EXERCISE = Exercise(
    id="9.2",
    title="Pairs that are pairs",
    minutes=10,
    difficulty="easy",
    starter="pairs = ...",
    answer="pairs",
    check=_check_pairs,
    expects="a list of pairs of sentences",
    hints=(
        "Write one sentence about a woman and copy it. Which words of the copy still say that it is a woman?",
        "A pronoun, *her* or *she*, belongs to the person and changes, too. Use no names: *sister*, *aunt*, *she*.",
    ),
    solution=_PAIRS,
    why="The second sentence is a copy of the first in which every word for the person is exchanged, pronouns "
    "included. So a difference between the two scores can only come from the person.",
    wrong=(
        Wrong(changed(_PAIRS, ("My uncle left his", "My uncle lost his")), "'left' against 'lost'"),
        Wrong(changed(_PAIRS, ("the actress", "Mary"), ("the actor", "Peter")), "'Mary' against 'Peter': either more"),
        Wrong(changed(_PAIRS, ("My uncle left his", "My uncle left her")), "'her' stands in both sentences"),
        Wrong(
            changed(_PAIRS, ("She reads", "His daughter reads"), ("He reads", "His son reads")),
            "'his' stands in both sentences",
        ),
        Wrong(changed(_PAIRS, ('"He reads the paper at six."', '"He reads the paper, at six!"')), "marks or spaces"),
        Wrong(changed(_PAIRS, ("He reads the", "He often reads the")), "Word by word the two sentences do not match"),
        Wrong(changed(_PAIRS, ("He reads the", "She reads the")), "The two sentences are the same"),
        Wrong(
            changed(
                _PAIRS,
                (
                    '("She reads the paper at six.", "He reads the paper at six.")',
                    '("He reads the paper at six.", "She reads the paper at six.")',
                ),
            ),
            "'He' stands first and 'She' second here",
        ),
        Wrong(
            changed(_PAIRS, ("left her bag", "met her husband"), ("left his bag", "met his wife")),
            "'husband' stands first and 'wife' second here",
        ),
        Wrong(
            changed(_PAIRS, ("left her bag", "met her mother"), ("left his bag", "met his father")),
            "two people have changed",
        ),
        Wrong(changed(_PAIRS, ("She reads", "Today she reads"), ("He reads", "Today He reads")), "the capital letters"),
        Wrong(
            changed(
                _PAIRS,
                ("My aunt left her bag on the train", "A girl next door waters our garden"),
                ("My uncle left his bag on the train", "A boy next door waters our garden"),
            ),
            "Pairs 1 and 2 tell the same, 'next door waters garden'",
        ),
        Wrong("pairs = [('She works.', 'He works.')]", "At least four pairs are wanted"),
        Wrong("pairs = ['The woman works.', 'The man works.']", "`pairs` should be a list of pairs"),
        Wrong(
            "pairs = [('woman', 'man'), ('my sister', 'my brother'), ('she', 'he'), ('queen', 'king')]",
            "Write whole sentences",
        ),
    ),
    also_wrong=(
        "pairs = [(f'{w} works as an engineer.', f'{m} works as an engineer.')\n"
        "         for w, m in (('The woman', 'The man'), ('My aunt', 'My uncle'), ('She', 'He'), ('A girl', 'A boy'))]",
        changed(_PAIRS, ("the actress", "the girl"), ("the actor", "the man")),
        changed(_PAIRS, ("He reads", "he reads")),
        _PAIRS + "\npairs = pairs[:3] + pairs[:1]",
        _PAIRS + "\npairs = [sentence for pair in pairs for sentence in pair]",
    ),
    alternatives=(
        "things = ['a letter', 'the news', 'a poem', 'a long list']\n"
        "pairs = [[f'{who} wrote {thing}.' for who in ('My sister', 'My brother')] for thing in things]",
        "women = ['The girl\u2019s dog barks.', 'My mother-in-law paints.', 'BUSINESSWOMEN MEET.', 'Yes, Madam.']\n"
        "men = ['The boy\u2019s dog barks.', 'My father-in-law paints.', 'BUSINESSMEN MEET.', 'Yes, Sir.']\n"
        "pairs = list(zip(women, men))",
        # A name in both sentences changes nothing; the husband is the same person twice.
        changed(_PAIRS, ("the actress", "my sister Kim"), ("the actor", "my brother Kim"), ("bag", "husband")),
        "pairs = tuple((f'The {who[0]} {what}', f'The {who[1]} {what}') for who, what in zip(\n"
        "    [('landlady', 'landlord'), ('fiance\u0301e', 'fianc\u00e9'), ('heiress', 'heir'), ('girls', 'boys')],\n"
        "    ['called.', 'of a friend moved to Paris.', 'sold the farm.', 'like maths.', 'left.']))",
    ),
    note="Pairs are easily spoilt: Blodgett et al. 2021 list what went wrong in four known collections.",
)
