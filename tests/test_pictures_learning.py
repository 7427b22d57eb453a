"""What notebook 07 draws: the hill, the curve that grows, and the weights to scale."""

import math

import pytest

from course_utils import CourseError
from course_utils.pictures.ch07.learning import hill
from course_utils.pictures.ch07.learning_ways import counts, low_rank, ways
from course_utils.pictures.learning_live import LossCurve, loss_lines


def bowl(weight):
    return (weight - 3) ** 2


def test_the_ball_is_where_the_last_weight_is():
    figure = hill(bowl, [0.0, 0.6, 1.08])
    assert "after 2 steps: weight 1.08, loss 3.69, slope -3.84" in figure.alt and "on the curve" in figure.alt
    assert figure.table.rows == (("0", "0.00", "9.00"), ("1", "0.60", "5.76"), ("2", "1.08", "3.69"))
    assert "outside of the picture" in hill(bowl, [0.0, 200.0]).alt
    assert "1 step:" in hill(bowl, [0.0, 3.0]).alt and "slope 0.00" in hill(bowl, [0.0, 3.0]).alt


@pytest.mark.parametrize("path", [[], "no", [math.nan], [None]])
def test_a_hill_needs_weights(path):
    with pytest.raises(CourseError, match="weights so far"):
        hill(bowl, path)


def test_the_curve_notes_every_loss_and_ends_with_a_picture(monkeypatch):
    watch = LossCurve("A head", steps=7)
    for step, loss in enumerate([0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1], 1):
        watch(step, loss)
    assert watch.losses == [0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
    assert watch.seconds >= 0
    said = watch.figure.alt
    assert "A head: step 7 of 7" in said
    assert "one batch from 0.70 to 0.10, mean of 5 from 0.70 to 0.30" in said  # 0.5, 0.4, 0.3, 0.2, 0.1
    watch(1, 0.9)  # run again: a new curve
    assert watch.losses == [0.9]


def test_it_draws_at_most_once_a_second(monkeypatch):
    from course_utils.pictures import learning_live

    clock, drawn = [0.0], []
    monkeypatch.setattr(learning_live.time, "monotonic", lambda: clock[0])
    watch = LossCurve("A head", steps=100)
    monkeypatch.setattr(watch, "_draw", lambda step: (drawn.append(step), setattr(watch, "_drawn", clock[0])))
    for step in range(1, 31):
        clock[0] += 0.3
        watch(step, 1 / step)
    assert drawn[0] == 1 and 7 <= len(drawn) <= 9


def test_one_place_is_updated_in_a_notebook(monkeypatch):
    """The first picture is displayed, and the others replace it: one output, which a notebook stores at its last."""
    import IPython.display

    from course_utils.pictures import learning_live

    shown, updated = [], []

    class Handle:
        update = staticmethod(updated.append)

    monkeypatch.setattr(learning_live, "_in_a_notebook", lambda: True)
    monkeypatch.setattr(learning_live, "PAUSE", 0)
    monkeypatch.setattr(IPython.display, "display", lambda thing, display_id: (shown.append(thing), Handle())[1])
    watch = LossCurve("A head", steps=3)
    for step in (1, 2, 3):
        watch(step, 1.0)
    assert len(shown) == 1 and len(updated) == 2
    assert "step 1 of 3" in shown[0].alt and "step 3 of 3" in updated[-1].alt


def test_a_curve_follows_trainer_in_the_place_of_its_own_printing():
    from transformers.trainer_callback import PrinterCallback

    removed, added = [], []

    class Trainer:
        remove_callback = staticmethod(removed.append)
        add_callback = staticmethod(added.append)

    class State:
        global_step = 1

    watch = LossCurve("LoRA", steps=2)
    watch.follow(Trainer)
    assert PrinterCallback in removed
    (callback,) = added
    callback.on_log(None, State, None, logs={"loss": 0.5})
    callback.on_log(None, State, None, logs={"train_runtime": 3.0})  # the last report has no loss
    assert watch.losses == [0.5]


def test_the_coin_and_the_ends_of_epochs_are_marked(monkeypatch):
    from matplotlib.axes import Axes

    texts, real = [], Axes.text
    monkeypatch.setattr(Axes, "text", lambda self, x, y, s, *a, **k: (texts.append(s), real(self, x, y, s, *a, **k))[1])
    loss_lines({"training": [0.7] * 36}, epoch=12, coin=0.69)
    assert [text for text in texts if "coin" in text or "epoch" in text] == [
        "end of epoch 1", "end of epoch 2", "a coin: 0.69"
    ]  # fmt: skip
    texts.clear()
    loss_lines({"training": [0.7] * 36})
    assert not any("coin" in text or "epoch" in text for text in texts)


def test_a_loss_that_is_no_number_is_said_or_left_out():
    with pytest.raises(CourseError, match="the loss as a number"):
        LossCurve("A head", steps=2)(1, "much")
    with pytest.raises(CourseError, match="a title and a number of steps"):
        LossCurve("A head", steps=0)
    assert "to nan" in loss_lines({"training": [0.7, math.nan]}).alt
    with pytest.raises(CourseError, match="a list of numbers for each name"):
        loss_lines({"training": []})


def test_the_areas_are_those_of_minilm(minilm_sizes):
    size = counts()
    assert minilm_sizes["embeddings"] == size["embeddings"]
    assert minilm_sizes["layer"] == size["layer"]
    assert minilm_sizes["pooler"] == size["pooler"]
    assert dict((name, number) for name, number, _ in ways().table.rows) == {
        "a head": "770",
        "LoRA": f"{minilm_sizes['lora']:,}",
        "all weights": f"{minilm_sizes['all']:,}",
    }


@pytest.fixture(scope="module")
def minilm_sizes():
    """Counted in a model of MiniLM's sizes without memory for its weights, and with peft around it."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(
        vocab_size=30_522, hidden_size=384, intermediate_size=1536, num_hidden_layers=6, num_attention_heads=12
    )
    with torch.device("meta"):
        model = BertForSequenceClassification(config)

    def count(module):
        return sum(weight.numel() for weight in module.parameters())

    found = {
        "embeddings": count(model.bert.embeddings),
        "layer": count(model.bert.encoder.layer[0]),
        "pooler": count(model.bert.pooler),
        "all": count(model),
    }
    where = ["query", "key", "value", "dense"]
    plan = LoraConfig(r=8, target_modules=where, modules_to_save=["classifier"], task_type="SEQ_CLS")
    with torch.device("meta"):
        lora = get_peft_model(model, plan)
    return found | {"lora": sum(weight.numel() for weight in lora.parameters() if weight.requires_grad)}


def test_two_strips_and_what_they_cost():
    figure = low_rank(8)
    assert "6,144 numbers learn, 4.2% of 147,456" in figure.alt
    assert [row[2] for row in figure.table.rows] == ["147,456", "3,072", "3,072"]
    assert "2 × 6" in str(low_rank(2, rows=4, columns=6).table)
    for rank in (0, 385, 2.5):
        with pytest.raises(CourseError, match="from 1 to 384"):
            low_rank(rank)
