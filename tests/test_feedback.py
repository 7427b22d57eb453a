"""The messages of the closing project: labelled, split without a leak, and judged on sentences that nobody saw."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from course_utils import sample
from course_utils.attention import cut_heads
from course_utils.exercises import check
from course_utils.exercises import progress_store as store
from course_utils.exercises.chapters.ch10.project import (
    e37_finding,
    e38_own_model,
    e39_pairs,
    e42_save_and_load,
    keeping,
)
from course_utils.exercises.going_on import yours_or_ours

KINDS = {"question", "fault", "wish", "thanks"}
with sample("feedback/comments.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
UNSEEN = [text for texts in e38_own_model._UNSEEN.values() for text in texts]


def key(text: str) -> str:
    return " ".join(text.lower().split())


def texts_of(weeks: str) -> list[str]:
    return [key(row["text"]) for row in ROWS if row["week"] in weeks]


def test_weeks_one_to_four_are_labelled_and_the_fifth_is_not():
    for row in ROWS:
        assert (row["kind"] in KINDS) == (row["week"] in "1234") and (row["kind"] == "") == (row["week"] == "5")
    assert (len(texts_of("123")), len(texts_of("4"))) == (116, 40), "the page and the card name these numbers"
    assert min(Counter(row["kind"] for row in ROWS if row["week"] == "4").values()) >= 9


def test_no_text_is_in_two_parts():
    parts = [texts_of("123"), texts_of("4"), [key(text) for text in UNSEEN]]
    together = [text for part in parts for text in part]
    assert len(set(together)) == len(together)
    assert {len(texts) for texts in e38_own_model._UNSEEN.values()} == {10} and e38_own_model._UNSEEN.keys() == KINDS


def test_the_last_week_has_what_the_first_milestone_must_clean():
    last = texts_of("5")
    assert "" in last and set(last) & set(texts_of("123")), "an empty message, and a copy of an earlier one"
    assert any(row["text"] != " ".join(row["text"].split()) for row in ROWS)


def test_every_card_has_its_picture():
    cards = json.loads(sample("feedback/cards.json").read_text("utf-8"))
    assert cards and all(sample(card["picture"]).is_file() and card["note"].strip() for card in cards)


@pytest.mark.parametrize(
    "function",
    [print, None, lambda *_: None, lambda *_: 1, lambda *_: exit(), lambda *_: [[None]], lambda f, *_: f],
    ids=["print", "None", "returns None", "returns 1", "exits", "returns a list", "returns its input"],
)
def test_two_odd_functions_get_a_result(function, tmp_path, monkeypatch):
    """`check` is tried on single odd objects elsewhere; this milestone takes a pair."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(store, "_unsaved", {})
    for pair in ((function, function), [function, print], (function,), (lambda *_: 0, function)):
        assert check("10.42", pair).status in ("not yet", "error in your code", "not attempted")


def test_a_huge_text_among_pairs_is_refused_at_once():
    said = e39_pairs._check_pairs([("a " * 100_000, "b " * 100_000)] * 12)
    assert "should differ in one name or group" in said and len(said) < 600


def test_no_sentence_can_be_guessed_from_its_place():
    """The sentences of 10.38 come in an order from which the kind does not follow."""
    seen = []
    assert e38_own_model._check_chances(lambda texts: seen.extend(texts) or [[0.1, 0.7, 0.1, 0.1]] * len(texts))
    assert len(seen) == 40 + 1 + 7, "all at once, and some of them in other batches"
    order = [kind for text in seen[:40] for kind, texts in e38_own_model._UNSEEN.items() if text in texts]
    assert len(order) == 40 and max(Counter(zip(order, order[4:], strict=False)).values()) < 6


@pytest.mark.parametrize("odd", [lambda f: (f / "a").mkdir(), lambda f: f.rmdir(), lambda f: (f / "a").write_text("x")])
def test_nothing_stays_of_the_folders_that_were_saved_into(odd, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    places = []
    save = lambda head, kinds, folder: places.append(folder) or odd(Path(folder))  # noqa: E731
    assert e42_save_and_load._check_keep((save, lambda folder: 0))
    assert places and not list(tmp_path.iterdir())


def test_a_mistake_in_saving_names_the_learners_function_and_no_line_of_ours():
    result = check("10.42", (lambda head: 0, lambda folder: 0))
    assert "`save(" in result.message and "of the cell" not in result.message


def test_a_skipped_save_and_load_does_not_close_the_desk(capsys):
    ours = e42_save_and_load.EXERCISE
    assert yours_or_ours("10.42", (None, print))[0].__name__ == "save" and "ours" in capsys.readouterr().out
    space: dict = {}
    exec(f"{ours.context}\n{ours.solution}", space)
    yours = space["save"], space["load"]
    assert yours_or_ours("10.42", yours) == yours and "yours" in capsys.readouterr().out


def test_the_head_beside_chances_is_found_and_no_other_thing_is(capsys):
    nn = pytest.importorskip("torch").nn
    space = {"own_head": nn.Linear(384, 4)}
    exec("def chances(texts):\n    return own_head(texts)", space)
    assert keeping.head_of(space["chances"]) is space["own_head"] and not capsys.readouterr().out
    space["own_head"] = print
    found = keeping.head_of(space["chances"])
    assert tuple(found.weight.shape) == (4, 384) and "our head" in capsys.readouterr().out


@pytest.mark.models
def test_the_pair_of_the_solution_turns_as_many_other_comments_as_it_says(monkeypatch):
    """What 10.37 says of comments that did not choose the pair; a pair chosen by seven texts must not look better."""
    record, space = e37_finding.EXERCISE, {}
    monkeypatch.setenv("COURSE_MODELS", "offline")
    exec(f"{record.context}\n{record.solution}", space)
    finding, margins = space["finding"], space["margins"]
    texts = dict.fromkeys(row["text"] for row in ROWS if row["week"] in "1234")
    fresh = [text for text in texts if text not in (finding["text"], *e37_finding._OTHERS)]
    before = margins(fresh) > 0
    with cut_heads(space["mood"], finding["heads"]):
        turned = ((margins(fresh) > 0) != before).sum().item()
    number = {4: "four", 5: "five", 6: "six"}[turned]
    assert f"of the {len(fresh)} other labelled comments the same cut turns {number}" in record.why
