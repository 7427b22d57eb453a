"""The tables behind notebook 04: every date and every tonne has a source, and text and pictures say what they say."""

import csv
import re
from pathlib import Path

import pytest

from course_utils import CourseError, sample
from course_utils.pictures.ch04.costs import BEST, LEARNED, READ, footprints, tokens_per_parameter, ways_of_learning
from course_utils.pictures.ch04.history import model_sizes, models, timeline

SOURCE = (Path(__file__).parents[1] / "notebooks/source/04_how_transformers_work.md").read_text("utf-8")
TEXT = " ".join(SOURCE.split())  # without the breaks of lines
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
    if row["parameters"]:
        assert 1e7 < float(row["parameters"]) < 1e13
    else:  # nobody knows but the makers, and the note says so
        assert re.search(r"\bnot published\b", row["note"])
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
        ("DeepSeek-R1", "2025-01", 671_000),
        ("DeepSeek-V4", "2026-04", 1_600_000),
    ],
)
def test_landmarks(name, date, millions):
    assert (first(HISTORY[name]), float(HISTORY[name]["parameters"])) == (date, millions * 1e6)


def test_what_the_text_says_of_the_timeline():
    after = [row["family"] for row in HISTORY.values() if first(row) > first(HISTORY["GPT-3"])]
    assert f"Of the {len(after)} models in our list after GPT-3, {after.count('decoder')} are decoders" in TEXT
    assert first(HISTORY["BERT"]) == "2018-10" and first(HISTORY["GPT"]) == "2018-06" and "by four months" in TEXT
    assert (HISTORY["Mistral 7B"]["released"], HISTORY["Mistral 7B"]["paper"]) == ("2023-09", "2023-10")
    years = {"T5Gemma 2": "2025", "EuroBERT": "2025", "ChatGPT": "2022", "o1": "2024", "Qwen3": "2025"}
    assert all(first(HISTORY[name]).startswith(year) for name, year in years.items())


def test_what_the_text_says_of_the_sizes():
    sizes = {row["name"]: float(row["parameters"]) for row in HISTORY.values() if row["parameters"]}
    largest = max(sizes, key=sizes.get)
    growth = sizes[largest] / sizes["Transformer"]
    assert largest == "DeepSeek-V4" and round(growth, -2) == 7_500 and "About 7,500 times: 1.6 trillion" in TEXT
    assert 0.95 < sizes["Switch-C"] / sizes[largest] < 1 and "Switch-C was nearly as large five years earlier" in TEXT
    unknown = [row["name"] for row in HISTORY.values() if not row["parameters"]]
    assert unknown == ["ChatGPT", "GPT-4", "o1"] and "for ChatGPT, GPT-4 and o1 the makers published no size" in TEXT


def test_the_picture_of_sizes_shows_some_and_of_smollm2_ours():
    shown = dict(model_sizes().table.rows)
    assert (shown["GPT-4"], shown["BERT"], shown["Switch-C"]) == ("not published", "340 million", "1.6 trillion")
    assert shown.pop("SmolLM2, ours") == "135 million" and "135 million, 360" in HISTORY["SmolLM2"]["note"]
    assert shown.keys() < HISTORY.keys() and {"ChatGPT", "GPT-4", "o1", "DeepSeek-V4", "Transformer"} <= shown.keys()


def test_the_trainings_stand_with_their_numbers():
    assert [row[2] for row in ways_of_learning().table.rows] == [f"{many} {what}" for *_, many, what, _ in LEARNED]
    assert "arXiv 2411.15124" in TEXT and all("\n" not in cell for row in ways_of_learning().table.rows for cell in row)


def test_a_number_of_ones_own_takes_its_place():
    rows = footprints({"mine": 0.323, "yours": 60}).table.rows
    assert (rows[0][:3], len(rows)) == (("mine", "yours", "0.323"), len(FOOTPRINT) + 2)
    assert [row[0] for row in rows].index("yours") == 7  # next to a car
    for wrong in ({"mine": 0}, {"mine": "much"}, {"mine": 1e9}, 3):
        with pytest.raises(CourseError, match="numbers of tonnes"):
            footprints(wrong)


def test_the_pictures_show_every_row():
    assert [row["name"] for row in models()] == sorted(HISTORY, key=lambda name: first(HISTORY[name]))
    assert {row[0] for row in timeline().table.rows} == set(HISTORY)
    assert all(timeline(family).png != timeline().png for family in FAMILIES)
    assert {row[0]: float(row[2].replace(",", "")) for row in footprints().table.rows} == {
        name: float(row["tonnes"]) for name, row in FOOTPRINT.items()
    }
    with pytest.raises(CourseError, match="encoder-decoder"):
        timeline("robots")


def test_what_the_text_says_of_tokens_and_parameters():
    shares = {name: tokens / parameters for name, parameters, tokens, _ in READ}
    assert shares["Chinchilla, 2022"] == BEST and f"about {BEST} tokens of text for each parameter" in TEXT
    assert round(shares["SmolLM2 135M, 2024"], -3) == 15_000 and "SmolLM2 read 15,000 tokens for each" in TEXT
    assert list(shares.values()) == sorted(shares.values())
    assert [row[3] for row in tokens_per_parameter().table.rows][2] == "20"
    assert all(source == "model card" or LINK.match(source) for *_, source in READ)


def test_what_the_text_says_of_the_bill():
    tonnes = {name: float(row["tonnes"]) for name, row in FOOTPRINT.items()}
    pounds = {"BERT base": 1_438, "New York to San Francisco and back": 1_984}
    pounds |= {"one person for one year": 11_023, "one car and its fuel for life": 126_000}
    for name, lb in pounds.items():
        assert f"{lb:,} lb" in FOOTPRINT[name]["note"]
        assert tonnes[name] == pytest.approx(lb * 0.4536e-3, rel=0.005)
    assert tonnes["GPT-3"] / tonnes["one car and its fuel for life"] == pytest.approx(10, abs=0.5)
    # The table of the page: energy in kWh times grams per kWh.
    products = {}
    for name in ("GPT-3", "BLOOM"):
        found = re.search(rf"\| {name} \| ([\d,]+) kWh \| (\d+) g per kWh[^|]*\| ([\d.]+) tonnes \|", SOURCE)
        kwh, grams, product = (float(part.replace(",", "")) for part in found.groups())
        assert kwh * grams / 1e6 == pytest.approx(product, rel=0.002)
        products[name] = product
    assert products["GPT-3"] == tonnes["GPT-3"]
    energy, intensity = 1_287 / 433, 429 / 57
    assert (round(energy), round(intensity, 1)) == (3, 7.5)
    assert "took 3 times as much energy, and each kWh caused 7.5 times as much carbon" in TEXT
    car = tonnes["one car and its fuel for life"]
    assert 190 < max(tonnes.values()) / car < 210 and tonnes["BLOOM"] < car
    hours = 6 * 135e6 * 2e12 / (989e12 * 0.4) / 3600  # exercises 4.6 and 4.7
    assert round(hours * 0.7 * 1.1 * 369 / 1000) == 323 and "about 323 kilograms" in TEXT
    assert 0.3 < 0.323 / tonnes["New York to San Francisco and back"] < 0.4
    assert f"{products['BLOOM']} t" in FOOTPRINT["BLOOM"]["note"] and f"BLOOM's {tonnes['BLOOM']} tonnes" in TEXT


@pytest.mark.parametrize(("country", "intensity"), [("FRA", 56), ("USA", 369), ("IND", 713)])
def test_the_intensities_are_those_of_codecarbon(country, intensity):
    from codecarbon.input import DataSource

    mix = DataSource().get_global_energy_mix_data()
    assert round(mix[country]["carbon_intensity"]) == intensity and str(intensity) in SOURCE
