"""The measured learning curves: complete, as good as 07b says, and measured again where that is cheap."""

import csv
from statistics import mean

import pytest

from course_utils import sample
from course_utils.training import everyday, reviews

pytestmark = pytest.mark.models

RECIPE = "learning_curves"


def read(name):
    with open(sample(f"tables/{name}.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS, EPOCHS = read("learning_curves"), read("learning_curves_epochs")
KEYS, TESTS = ("method", "examples", "seed"), ("everyday", "films")


def accuracy(method, examples, tests="everyday"):
    chosen = [row for row in ROWS if row["method"] == method and int(row["examples"]) == examples]
    return mean(float(row[f"accuracy_{tests}"]) for row in chosen)


def place(row):
    return row["method"], int(row["examples"]), int(row["seed"])


def test_every_size_and_seed_was_measured_once(recipe):
    found = [place(row) for row in ROWS]
    wanted = {("prompt", 0, 0)} | {("prompt", 4, seed) for seed in range(recipe.SEEDS["prompt"])}
    for method, seeds in recipe.SEEDS.items():
        if method != "prompt":
            sizes = recipe.SIZES if method in ("words", "head") else recipe.TRAINED_SIZES
            wanted |= {(method, size, seed) for size in sizes for seed in range(seeds)}
    assert len(found) == len(set(found)) and set(found) == wanted
    assert min(recipe.SEEDS.values()) >= 3


def test_the_columns_hold_what_they_say(recipe):
    for row in ROWS:
        assert list(row) == recipe.COLUMNS and row["settings"]
        for tests, count in (("everyday", 100), ("films", 400)):
            figures, share = row[f"right_{tests}"], float(row[f"accuracy_{tests}"])
            assert len(figures) == count and set(figures) <= {"0", "1"}
            assert share == pytest.approx(100 * figures.count("1") / count, abs=0.051) and 30 <= share <= 100
        seconds, grams = float(row["seconds"]), float(row["grams"])
        # 10 W for as long, at 56 g of CO2 equivalent a kilowatt-hour.
        assert 0 < seconds < 600 and grams == pytest.approx(seconds / 3600 * 0.010 * 56, rel=0.06, abs=1e-6)
        assert (int(row["steps"]) > 0) == (row["method"] != "prompt")


def test_each_epoch_from_scratch_is_there_and_the_training_stopped_in_time(recipe):
    trained = [row for row in ROWS if row["method"] in recipe.FROM_SCRATCH]
    assert {place(row) for row in EPOCHS} == {place(row) for row in trained}
    for row in trained:
        mine = [epoch for epoch in EPOCHS if place(epoch) == place(row)]
        assert [int(epoch["epoch"]) for epoch in mine] == list(range(1, len(mine) + 1))
        most = recipe.MOST_EPOCHS[int(row["examples"])]
        best = max(mine, key=lambda e: (float(e["right_validation"]), -float(e["loss_validation"])))
        assert len(mine) == most or len(mine) - int(best["epoch"]) == most // 3
        assert list(mine[0]) == recipe.EPOCH_COLUMNS and f"epochs {len(mine)}" in row["settings"]


def test_a_large_network_from_scratch_learns_its_sentences_by_heart():
    for seed in range(3):
        losses = [float(e["loss_training"]) for e in EPOCHS if place(e) == ("scratch", 2000, seed)]
        assert losses[0] > 0.6 and min(losses) < 0.2


def test_the_head_on_computed_features_and_the_adapter_are_as_good_as_promised():
    assert accuracy("head", 2000) >= 88
    assert accuracy("lora", 2000) >= 90


def test_pretrained_weights_help_most_off_the_films():
    for examples in (500, 2000):
        gain = {tests: accuracy("head", examples, tests) - accuracy("words", examples, tests) for tests in TESTS}
        assert gain["everyday"] > gain["films"] + 12 and gain["everyday"] > 18 and gain["films"] < 12


def test_from_scratch_learns_and_stays_below_the_pretrained():
    assert accuracy("scratch", 2000, "films") > 58
    for tests in TESTS:
        others = [accuracy(method, 2000, tests) for method in ("head", "lora", "full")]
        assert accuracy("scratch", 2000, tests) < min(others)


def test_more_examples_help():
    for method in ("words", "head", "lora", "full"):
        assert accuracy(method, 2000, "films") > accuracy(method, 32, "films") + 5


def test_words_and_pairs_of_words(recipe):
    assert recipe.words_of("Not bad, at ALL!") == {"not", "bad", "at", "all", "not bad", "bad at", "at all"}
    scores = recipe.fit_words([("a fine film", 1), ("fine", 1), ("a dull film", 0), ("dull", 0)])
    assert scores["fine"] == pytest.approx(1.0986, abs=1e-4) == -scores["dull"]
    assert scores["a"] == scores["film"] == 0
    assert recipe.praise(scores, "Fine!") == 1
    assert recipe.praise(scores, "dull") == recipe.praise(scores, "fine but dull") == recipe.praise(scores, "?") == 0


def test_the_words_measured_again_give_the_same_table(recipe):
    tests = {"everyday": everyday(), "films": reviews(recipe.FILMS, held_out=True)}
    for size, seed in ((32, 1), (500, 0), (2000, 4)):
        new = recipe.words_row(size, seed, tests)
        (old,) = (row for row in ROWS if place(row) == ("words", size, seed))
        assert [new[f"right_{name}"] for name in tests] == [old[f"right_{name}"] for name in tests]


def test_a_cheap_point_measured_again(recipe):
    tests = {"everyday": everyday(), "films": reviews(recipe.FILMS, held_out=True)}
    (new,) = recipe.head_rows([64], 0, tests)
    (old,) = (row for row in ROWS if place(row) == ("head", 64, 0))
    for column in ("accuracy_everyday", "accuracy_films"):
        assert float(new[column]) == pytest.approx(float(old[column]), abs=2.1)


def test_an_interrupted_run_goes_on_where_it_stopped(recipe, monkeypatch, tmp_path):
    made = []

    def fake(method, size, seed, tests):
        if len(made) == 3:
            raise KeyboardInterrupt
        made.append((method, size, seed))
        log = [dict.fromkeys(recipe.EPOCH_COLUMNS, "1") | dict(zip(KEYS, made[-1], strict=True))]
        return recipe.row(method, size, seed, {"everyday": "10", "films": "10"}, 1.0, 7, "none"), log

    monkeypatch.setattr(recipe, "trained_row", fake)
    command = [
        "--out",
        str(tmp_path / "table.csv"),
        "--methods",
        "lora",
        "full",
        "--sizes",
        "32",
        "125",
        "--seeds",
        "2",
    ]
    with pytest.raises(KeyboardInterrupt):
        recipe.main(command)
    assert len(recipe.read_table(tmp_path / "table.csv")) == 3
    first, made[:] = list(made), []
    with pytest.raises(KeyboardInterrupt):
        recipe.main(command)
    second, made[:] = list(made), []
    recipe.main(command)
    assert len({*first, *second, *made}) == 8 == len(first) + len(second) + len(made)
    rows = [tuple(row[key] for key in KEYS) for row in recipe.read_table(tmp_path / "table.csv")]
    assert rows == [tuple(row[key] for key in KEYS) for row in recipe.read_table(tmp_path / "table_epochs.csv")]
    assert rows == [(m, size, seed) for m in ("lora", "full") for size in ("32", "125") for seed in ("0", "1")]


def test_the_everyday_sentences_are_in_no_training_text():
    texts = {text.lower() for text, _ in reviews(8130)}
    assert not texts & {text.lower() for text, _ in everyday()}
