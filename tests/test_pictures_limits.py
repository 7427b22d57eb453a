"""The pictures of 09: what they say is what the model gave, and the texts they are about are what the page says."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from course_utils import sample
from course_utils.errors import CourseError
from course_utils.pictures.ch09 import limits_sure
from course_utils.pictures.ch09.limits_famous import PAIRS
from course_utils.pictures.ch09.limits_injected import MUSEUM, attacks, outcome
from course_utils.pictures.ch09.limits_recited import by_heart, prompter
from course_utils.pictures.ch09.limits_sure import promise, reliability
from course_utils.pictures.ch09.limits_wordings import wordings
from course_utils.pictures.ch09.limits_words import OCCUPATIONS, after_both, chances, side_by_side
from course_utils.pictures.likelier import times, told

WORDS = ["The", "woman", "man", "works", "as", "a", *OCCUPATIONS, "ber"]


def tokenizer(text):
    """A word is a token; only "plumber" has two."""
    return SimpleNamespace(input_ids=[WORDS.index(w) for w in text.replace("plumber", "pilot ber").split()])


class Model:
    """After a beginning with "woman" a nurse is at 0.02, else at 0.001; the others grow less likely along the list."""

    device = "cpu"

    def __call__(self, input_ids):
        ids = input_ids[0].tolist()
        chance = torch.full((len(WORDS),), 1e-9)
        for place, word in enumerate(OCCUPATIONS):
            chance[WORDS.index(word)] = 0.01 / (1 + place)
        chance[WORDS.index("nurse")] = 0.02 if WORDS.index("woman") in ids else 0.001
        chance[0] = 1 - chance[1:].sum()  # so that they add up to one
        rows = chance.log().repeat(len(ids), 1)
        after = torch.full((len(WORDS),), 0.5 / (len(WORDS) - 1))
        after[WORDS.index("ber")] = 0.5
        rows[[place for place, token in enumerate(ids) if token == WORDS.index("pilot")]] = after.log()
        return SimpleNamespace(logits=rows[None])


@pytest.fixture
def generator():
    return SimpleNamespace(model=Model(), tokenizer=tokenizer)


def test_a_word_of_two_tokens_takes_both(generator):
    found = chances(generator, "The man works as a", ["plumber", "pilot", "nurse"])
    pilot = 0.01 / (1 + OCCUPATIONS.index("pilot"))
    assert found == pytest.approx({"plumber": pilot / 2, "pilot": pilot, "nurse": 0.001}, rel=1e-4)


def test_the_likeliest_occupations_stand_beside_each_other(generator):
    figure = side_by_side(generator, "The woman works as a ", "The man works as a", top=3)
    assert figure.table.rows == (
        ("nurse", "200", "actor", "100"),
        ("actor", "100", "architect", "50"),
        ("architect", "50", "artist", "33"),
    )
    assert "The woman works as a: nurse 200, actor 100, architect 50. The man works as a: actor 100" in figure.alt
    assert "plumber" not in str(side_by_side(generator, "The man", "The woman", top=99))  # it has two tokens


def test_one_word_is_compared_after_two_people(generator):
    figure = after_both(generator, " nurse ")
    assert figure.alt.startswith("nurse: 20 times as likely after “woman”. Times in 10,000")
    assert figure.table.rows == (("The woman works as a", "200"), ("The man works as a", "10"))
    turned = after_both(generator, "nurse", "man", "woman")
    assert turned.alt.startswith("nurse: 20 times as likely after “woman”.") and turned.table.rows[0][1] == "10"
    assert after_both(generator, "actor").alt.startswith("actor: equally likely after both. Times in")


@pytest.mark.parametrize("wrong", [("", "woman", "man"), ("nurse", " ", "man"), ("nurse", "woman", "x" * 99)])
def test_an_empty_or_long_answer_gets_a_sentence(generator, wrong):
    with pytest.raises(CourseError, match="Write one word"):
        after_both(generator, *wrong)


@pytest.mark.parametrize(
    ("beginning", "says"), [(" ", "Write the beginning"), ("x" * 201, "at most 200"), ("a {b}", "curly")]
)
def test_a_beginning_that_cannot_be_asked_gets_a_sentence(generator, beginning, says):
    with pytest.raises(CourseError, match=says):
        chances(generator, beginning, ["nurse"])


def test_occupations_are_words_and_unique():
    assert len(set(OCCUPATIONS)) == len(OCCUPATIONS) and all(re.fullmatch("[a-z]+", word) for word in OCCUPATIONS)
    assert all(
        word[0] not in "aeiou" or word in ("actor", "architect", "artist", "author", "editor", "engineer")
        for word in OCCUPATIONS
    )


def test_times_lose_their_decimals_from_ten_on():
    found = [times(np.log(x)) for x in (1.02, 2.44, 9.94, 9.96, 25.6, 20_000)]
    assert found == ["1.02", "2.4", "9.9", "10", "26", "20,000"]
    assert (times(900), times(-np.inf)) == ("over a million", "any number of")
    groups = ("women", "men")
    assert [told(x, groups) for x in (np.log(3), -np.log(3))] == ["women, 3.0 times", "men, 3.0 times"]
    assert [told(x, groups) for x in (0, 1e-8, -0.01)] == ["equal", "equal", "men, 1.01 times"]


def test_a_dot_for_each_wording_and_both_sides_are_counted():
    differences = np.log([[2, 0.5, 0.25], [4, 4, 4]])
    bias = SimpleNamespace(words=("cook", "nurse"), groups=("women", "men"), differences=differences)
    figure = wordings(bias, ["A {group} is a {word}", "B {group} {word}", "C {group} {word}"], "cook")
    assert figure.alt.startswith("cook: 1 of 3 wordings say women, 2 say men, from women, 2.0 times down to men, 4.0")
    assert [row[1] for row in figure.table.rows] == ["women, 2.0 times", "men, 2.0 times", "men, 4.0 times"]
    with pytest.raises(CourseError, match="cook, nurse"):
        wordings(bias, ["A"] * 3, "judge")
    with pytest.raises(CourseError, match="3 templates"):
        wordings(bias, ["A"] * 2, "cook")


SURE = [0.5, 0.55, 0.6, 0.61, 0.95, 0.99, 1.0, 0.91]
RIGHT = [True, False, True, False, True, True, False, True]


def test_each_confidence_lands_in_one_bin():
    rows = reliability(SURE, RIGHT).table.rows
    assert rows == (
        ("0.5 to 0.6", "55.0 %", "66.7 %", "3"),
        ("0.6 to 0.7", "61.0 %", "0.0 %", "1"),
        ("0.9 to 1.0", "96.2 %", "75.0 %", "4"),
    )


def test_a_group_far_below_guessing_stays_in_the_picture(monkeypatch):
    monkeypatch.setattr(limits_sure, "show", lambda figure, *rest, **more: figure)
    low = {kept: reliability([0.9] * 4, [kept] * 4).axes[0].get_ylim()[0] for kept in (False, True)}
    assert low[False] < 0 and low[True] == 0.38


def test_a_promise_counts_what_passes_the_line():
    figure = promise(SURE, RIGHT, 0.95)
    assert figure.table.rows == (("promised", "98.0 %"), ("right", "66.7 %"), ("wrong", "1"), ("left over", "5"))
    assert figure.alt.startswith("Answers with a confidence of 0.95 or more: 3 of 8.")
    assert "No answer is as sure" in str(promise([0.6], [True], 0.9))
    for wrong in (([], []), ([0.9], [True, False]), (3, None)):
        with pytest.raises(CourseError, match="two lists of one length"):
            promise(*wrong, 0.5)
    with pytest.raises(CourseError, match="from 0.5 to 1; given: 0.2"):
        promise([0.9, 0.2], [True, True], 0.5)


def test_a_prompter_tells_given_guessed_and_missed():
    figure = prompter(["We", " hold", " these", " truths"], [True, False], given=2, title="T")
    assert figure.alt == "T: 1 of 2 guessed right. Given: We hold. Guessed: these."
    assert prompter(["We"], [], given=1).alt.endswith("Guessed: none.")
    with pytest.raises(CourseError, match="of 4 tokens 1 have one"):
        prompter(["a", "b", "c", "d"], [True], given=2)


def test_by_heart_counts_famous_and_ours():
    figure = by_heart({"A": ([True, True, False], [False, False, True]), "B": ([False] * 3, [True] * 3)})
    assert figure.table.rows == (("A", "2", "1"), ("B", "0", "3")) and figure.alt.endswith("A 2 and 1; B 0 and 3.")
    with pytest.raises(CourseError, match="famous, ours"):
        by_heart({})
    with pytest.raises(CourseError, match="2 tokens of each text, as in the first; 'B' has 2 and 1"):
        by_heart({"A": ([True, True], [False, False]), "B": ([True, True], [False])})


def test_our_texts_share_hardly_a_run_of_five_words_with_the_famous_ones():
    """Else the control would be a recital, too."""

    def runs(text):
        words = re.findall(r"[a-z']+", text.lower())
        return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}

    famous = set().union(*(runs(text) for text, _ in PAIRS.values()))
    shared = {name: runs(ours) & famous for name, (_, ours) in PAIRS.items()}
    assert len(PAIRS) == 12 and max(len(found) for found in shared.values()) <= 1, shared


def test_the_museum_quotes_its_documents_and_the_first_passage_holds_the_key():
    lines = {line for path in sample("documents").glob("*.txt") for line in path.read_text("utf-8").splitlines()}
    for question, (key, passages) in MUSEUM.items():
        assert question.endswith("?") and len(passages) == 2 and set(passages) <= lines
        assert key in passages[0] and key not in question


def test_small_counts_keep_two_digits(generator):
    """Else 1.8 against 0.7 does not look like 2.4 times."""
    from course_utils.pictures.ch09.limits_words import _count

    chances = (0.0476, 0.00074, 0.00018, 0.000074, 0.0000004)
    assert [_count(chance) for chance in chances] == ["476", "7.4", "1.8", "0.74", "below 0.01"]


def test_an_answer_that_obeys_is_not_right_however_it_goes_on():
    assert outcome("The museum is closed FOR EVER, says Ingrid.", "Ingrid", "closed for ever") == "obeyed"
    assert outcome("It is ingrid.", "Ingrid", "closed for ever") == "right"
    assert outcome("Closed on Sunday.", "Ingrid", "closed for ever") == "other"


def test_attacks_count_each_column():
    figure = attacks(["A?", "B?"], {"an\norder": ["obeyed", "other"], "none": ["right", "right"]}, title="T")
    assert figure.alt == "A grid, a row for each of 2 questions. an order: obeyed 1, right 0; none: obeyed 0, right 2."
    assert figure.table.rows == (("A?", "obeyed the stranger", "right"), ("B?", "wrong in another way", "right"))
    for columns in ({}, {"x": ["right"]}, {"x": ["right", "no"]}):
        with pytest.raises(CourseError, match="for each of 2 questions"):
            attacks(["A?", "B?"], columns)
