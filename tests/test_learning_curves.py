"""The measured learning curves: complete, as good as notebook 07 promises, and measured again where that is cheap."""

import csv
from statistics import mean

import pytest

from course_utils import sample
from course_utils.training import everyday, reviews

pytestmark = pytest.mark.models

RECIPE = "learning_curves"
with open(sample("tables/learning_curves.csv"), encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def accuracy(method, examples, tests="everyday"):
    chosen = [row for row in ROWS if row["method"] == method and int(row["examples"]) == examples]
    return mean(float(row[f"accuracy_{tests}"]) for row in chosen)


def test_every_size_and_seed_was_measured_once(recipe):
    found = [(row["method"], int(row["examples"]), int(row["seed"])) for row in ROWS]
    trained = {method: seeds for method, seeds in recipe.SEEDS.items() if method != "prompt"}
    wanted = {(m, size, seed) for m, seeds in trained.items() for size in recipe.SIZES for seed in range(seeds)}
    wanted |= {("prompt", 0, 0)} | {("prompt", 4, seed) for seed in range(recipe.SEEDS["prompt"])}
    assert len(found) == len(set(found)) and set(found) == wanted
    assert min(recipe.SEEDS.values()) >= 3 and set(trained) == {"scratch", "head", "lora", "full"}


def test_the_columns_hold_what_they_say(recipe):
    for row in ROWS:
        assert list(row) == recipe.COLUMNS and row["settings"]
        assert 30 <= float(row["accuracy_everyday"]) <= 100 and 30 <= float(row["accuracy_films"]) <= 100
        seconds, grams = float(row["seconds"]), float(row["grams"])
        # 10 W for as long, at 56 g of CO2 equivalent a kilowatt-hour.
        assert 0 < seconds < 600 and grams == pytest.approx(seconds / 3600 * 0.010 * 56, rel=0.06, abs=1e-6)
        assert (int(row["steps"]) > 0) == (row["method"] != "prompt")


def test_the_head_on_computed_features_and_the_adapter_are_as_good_as_promised():
    assert accuracy("head", 2000) >= 88
    assert accuracy("lora", 2000) >= 92


def test_from_scratch_stays_well_below():
    for tests in ("everyday", "films"):
        others = [accuracy(method, 2000, tests) for method in ("head", "lora", "full")]
        assert accuracy("scratch", 2000, tests) < min(others) - 10


def test_more_examples_help():
    for method in ("head", "lora", "full"):
        assert accuracy(method, 2000, "films") > accuracy(method, 64, "films") + 5


def test_a_cheap_point_measured_again(recipe):
    tests = {"everyday": everyday(), "films": reviews(recipe.FILMS, held_out=True)}
    (new,) = recipe.head_rows([64], 0, tests)
    (old,) = (row for row in ROWS if (row["method"], row["examples"], row["seed"]) == ("head", "64", "0"))
    for column in ("accuracy_everyday", "accuracy_films"):
        assert float(new[column]) == pytest.approx(float(old[column]), abs=2.1)


def test_an_interrupted_run_goes_on_where_it_stopped(recipe, monkeypatch, tmp_path):
    made = []

    def fake(method, size, seed, tests):
        if len(made) == 3:
            raise KeyboardInterrupt
        made.append((method, size, seed))
        return recipe.row(method, size, seed, {"everyday": 0.5, "films": 0.5}, 1.0, 7, "none")

    monkeypatch.setattr(recipe, "trained_row", fake)
    command = ["--out", str(tmp_path / "table.csv"), "--methods", "lora", "full", "--sizes", "16", "32", "--seeds", "2"]
    with pytest.raises(KeyboardInterrupt):
        recipe.main(command)
    assert len(recipe.read_table(tmp_path / "table.csv")) == 3
    first, made[:] = list(made), []
    with pytest.raises(KeyboardInterrupt):
        recipe.main(command)
    second, made[:] = list(made), []
    recipe.main(command)
    assert len({*first, *second, *made}) == 8 == len(first) + len(second) + len(made)
    rows = [(row["method"], row["examples"], row["seed"]) for row in recipe.read_table(tmp_path / "table.csv")]
    assert rows == [(m, size, seed) for m in ("lora", "full") for size in ("16", "32") for seed in ("0", "1")]


def test_the_everyday_sentences_are_in_no_training_text():
    texts = {text.lower() for text, _ in reviews(8130)}
    assert not texts & {text.lower() for text, _ in everyday()}
