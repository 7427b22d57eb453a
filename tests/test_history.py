"""The tables behind notebook 04: every date and every tonne has a source, and the text says what the tables say."""

import csv
import re
from pathlib import Path

import pytest

from course_utils import sample

SOURCE = (Path(__file__).parents[1] / "notebooks/source/04_how_transformers_work.md").read_text("utf-8")
LINK = re.compile(r"arXiv \d{4}\.\d{5}|https://\S+")
MONTH = re.compile(r"20(1[7-9]|2[0-6])-(0[1-9]|1[0-2])")
FAMILIES = {"encoder", "decoder", "encoder-decoder"}


def table(name):
    with sample(f"tables/{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


HISTORY = {row["name"]: row for row in table("history")}
FOOTPRINT = {row["name"]: row for row in table("footprint")}


def first(row):
    return min(filter(None, (row["released"], row["paper"])))


@pytest.mark.parametrize("row", HISTORY.values(), ids=HISTORY)
def test_a_model_has_dates_a_size_and_a_source(row):
    assert None not in row and None not in row.values()  # as many fields as columns
    assert row["family"] in FAMILIES and LINK.fullmatch(row["source"])
    assert 1e7 < float(row["parameters"]) < 1e13
    dates = [row[column] for column in ("released", "paper") if row[column]]
    assert dates and all(MONTH.fullmatch(date) for date in dates)
    if row["source"].startswith("arXiv"):  # the identifier of a paper begins with its year and month
        year, month = re.match(r"arXiv (\d\d)(\d\d)", row["source"]).groups()
        assert row["paper"] == f"20{year}-{month}"
        assert not row["released"] or row["released"] < row["paper"]  # else the paper alone says it
    else:
        assert row["released"] and not row["paper"]


@pytest.mark.parametrize("row", FOOTPRINT.values(), ids=FOOTPRINT)
def test_a_footprint_has_tonnes_a_kind_and_a_source(row):
    assert None not in row and None not in row.values()
    assert float(row["tonnes"]) > 0 and row["kind"] in {"training", "everyday"} and LINK.fullmatch(row["source"])


def test_no_model_is_there_twice():
    assert len(table("history")) == len(HISTORY) and len(table("footprint")) == len(FOOTPRINT)


@pytest.mark.parametrize(
    ("name", "date", "millions"),
    [
        ("Transformer", "2017-06", 213),
        ("GPT", "2018-06", 117),
        ("BERT", "2018-10", 340),
        ("GPT-2", "2019-02", 1_500),
        ("GPT-3", "2020-05", 175_000),
        ("Llama", "2023-02", 65_000),
        ("SmolLM2", "2024-11", 1_700),
    ],
)
def test_landmarks(name, date, millions):
    assert (first(HISTORY[name]), float(HISTORY[name]["parameters"])) == (date, millions * 1e6)


def test_what_the_text_says_of_the_timeline():
    after = [row["family"] for row in HISTORY.values() if first(row) > first(HISTORY["GPT-3"])]
    assert (len(after), after.count("decoder")) == (11, 10)
    assert first(HISTORY["BERT"]) > first(HISTORY["GPT"])
    assert (HISTORY["Mistral 7B"]["released"], HISTORY["Mistral 7B"]["paper"]) == ("2023-09", "2023-10")
    growth = max(float(row["parameters"]) for row in HISTORY.values()) / float(HISTORY["Transformer"]["parameters"])
    assert 3_000 < growth < 3_300 and "Three thousand times" in SOURCE


def test_what_the_text_says_of_the_bill():
    tonnes = {name: float(row["tonnes"]) for name, row in FOOTPRINT.items()}
    pounds = {"BERT base": 1_438, "New York to San Francisco and back": 1_984}
    pounds |= {"one person for one year": 11_023, "one car and its fuel for life": 126_000}
    for name, lb in pounds.items():
        assert f"{lb:,} lb" in FOOTPRINT[name]["note"]
        assert tonnes[name] == pytest.approx(lb * 0.4536e-3, rel=0.005)
    assert tonnes["GPT-3"] / tonnes["one car and its fuel for life"] == pytest.approx(10, abs=0.5)
    mwh, grams, other_mwh, other_grams = map(
        int,
        re.search(r"\((\d+) MWh at (\d+) g per kWh, against ([\d,]+) at (\d+)\)", SOURCE.replace("1,", "1")).groups(),
    )
    assert f"{mwh * grams / 1000:.1f} t" in FOOTPRINT["BLOOM"]["note"]
    assert other_mwh * other_grams / 1000 == pytest.approx(tonnes["GPT-3"], rel=0.01)


@pytest.mark.parametrize(("country", "intensity"), [("FRA", 56), ("USA", 369), ("IND", 713)])
def test_the_intensities_are_those_of_codecarbon(country, intensity):
    from codecarbon.input import DataSource

    mix = DataSource().get_global_energy_mix_data()
    assert round(mix[country]["carbon_intensity"]) == intensity and str(intensity) in SOURCE
