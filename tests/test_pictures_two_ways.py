"""Pictures of notebook 04 drawn from words and from a model: lessons, the way between two words, guesses by layer."""

import pytest

from course_utils import CourseError, checkpoint
from course_utils.pictures.ch04.deepening import adding_up, guess_by_layer
from course_utils.pictures.ch04.dinner import SCENES, at_the_table
from course_utils.pictures.ch04.hops import two_paths
from course_utils.pictures.ch04.losses import loss_curve, shift, surprises
from course_utils.pictures.ch04.two_ways import (
    both_ways,
    chances_of_hidden,
    chances_of_next,
    lesson,
    token_chances,
)
from course_utils.pictures.figures import label
from course_utils.pictures.machines import PARTS

WORDS = ["She", "opened", "the", "door", "."]


def states(figure) -> list[str]:
    return [row[2] for row in figure.table.rows]


def test_who_guesses_the_next_token_sees_nothing_behind_it():
    assert states(lesson(WORDS, 2)) == ["seen", "seen", "guessed", "not seen", "not seen"]
    assert "The model sees: She opened. It guesses token 2; the label is the. The 2 after" in lesson(WORDS, 2).alt


def test_who_guesses_a_hidden_token_sees_both_sides():
    for place in range(len(WORDS)):
        expected = ["guessed" if i == place else "seen" for i in range(len(WORDS))]
        assert states(lesson(WORDS, place, "hidden token")) == expected


@pytest.mark.parametrize(
    "given, says",
    [
        ((["one"], 0, "hidden token"), "2 to 14 tokens"),
        (("a text", 1), "2 to 14 tokens"),
        ((["a"] * 15, 1), "2 to 14 tokens"),
        ((WORDS, 0), "from 1 to 4"),
        ((WORDS, 5, "hidden token"), "from 0 to 4"),
        ((WORDS, 1, "by heart"), "next token"),
        ((["a very long token"] * 9, 1), "too long"),
    ],
)
def test_what_is_no_lesson_gets_a_sentence(given, says):
    with pytest.raises(CourseError, match=says):
        lesson(*given)


def test_a_bar_names_the_choice_of_the_model_where_it_is_another():
    rows = token_chances([(" door", 0.21, " door"), ("and", 0.18, " to"), ("She", 0.5, "she")]).table.rows
    assert [row[0] for row in rows] == ["door", "and (to)", "She"]
    with pytest.raises(CourseError, match="nothing to guess"):
        token_chances([])


def test_two_models_stand_side_by_side():
    left, right = [(" b", 0.7, " b")], [("a", 0.001, "x"), ("b", 0.2, "c")]
    rows = both_ways(left, right).table.rows
    assert set(rows) == {("Decoder", "b", "0.70"), ("Encoder", "a (x)", "<0.01"), ("Encoder", "b (c)", "0.20")}
    assert "Encoder: sees both sides: a (x) <0.01, b (c) 0.20." in both_ways(left, right).alt
    for wrong in (([], right), (left, [])):
        with pytest.raises(CourseError, match="nothing to guess"):
            both_ways(*wrong)


def test_a_certain_right_guess_costs_nothing():
    assert "probability 1.00, loss 0.00" in loss_curve(1.0, -0.0).alt
    assert "probability 0.50, loss 0.69" in loss_curve(0.5, 0.693).alt
    assert dict(loss_curve(0.5, 0.7).table.rows)["0.01"] == "4.61"
    for wrong in (0, 1.2, "half"):
        with pytest.raises(CourseError, match="above 0"):
            loss_curve(wrong, 1.0)


def test_logits_belong_to_the_label_behind_them():
    figure = shift(["a", "b", "c"])
    assert figure.table.rows == (("after a", "b"), ("after b", "c"))
    assert "No logits are about the first label, a. The last logits, after c, have no label." in figure.alt
    for wrong in ("a text", ["a"], ["a"] * 7, None):
        with pytest.raises(CourseError, match="2 to 6 tokens"):
            shift(wrong)


def test_every_part_has_a_scene_and_the_table_loses_no_word():
    assert list(SCENES) == list(PARTS)
    for part, (does, scene) in SCENES.items():
        shown = at_the_table(part)
        assert (part, does, scene) in shown.table.rows and str(shown).startswith(f"{part}: {does}")
        assert scene in shown.html() and "<figure>" in shown.html()
    assert "has no such part" in at_the_table("cross-attention", "decoder").html()
    assert "has no such part" in at_the_table("unembedding", "encoder").html()
    with pytest.raises(CourseError, match="it got text .*cook"):
        at_the_table("cook")


def test_a_recurrent_network_takes_a_step_for_each_word():
    for start in range(4):
        assert two_paths("a b c d e", start).table.rows == (("recurrent network", str(4 - start)), ("attention", "1"))
    assert "a recurrent network: 1 step from d to e," in two_paths("a b c d e", 3).alt


@pytest.mark.parametrize(
    "text, start", [("one", 0), ("a b", 1), ("a b", -1), (None, 0), ("a " * 13, 0), ("word-of-letters " * 12, 0)]
)
def test_what_has_no_way_gets_a_sentence(text, start):
    with pytest.raises(CourseError):
        two_paths(text, start)


@pytest.mark.models
def test_the_guesses_are_those_of_the_forward_pass():
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from course_utils.forward import forward_pass

    found = checkpoint("chat")
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    model = AutoModelForCausalLM.from_pretrained(found.path, dtype=found.dtype)
    figure = guess_by_layer(model, tokenizer, "I would like a cup of")
    guesses = forward_pass(model, tokenizer, "I would like a cup of").decoder.guesses
    assert [row[0] for row in figure.table.rows] == ["0", "5", "10", "15", "20", *map(str, range(25, 31))]
    for layers, token, chance in figure.table.rows:
        text, probability = guesses[int(layers)][-1][0]
        assert float(chance) == pytest.approx(probability, abs=0.006)
        assert token == text or token == "␣" or text in "␣⏎"
    assert guess_by_layer(model, tokenizer, "word " * 500).alt  # only the last tokens count
    for wrong in (" ", None):
        with pytest.raises(CourseError, match="beginning of a sentence"):
            guess_by_layer(model, tokenizer, wrong)
    with pytest.raises(CourseError, match="decoder such as SmolLM2"):
        guess_by_layer("no model", tokenizer, "a")


@pytest.mark.models
def test_what_a_layer_adds_is_what_the_forward_pass_recorded():
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from course_utils.forward import forward_pass

    found = checkpoint("chat")
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    model = AutoModelForCausalLM.from_pretrained(found.path, dtype=found.dtype)
    run = forward_pass(model, tokenizer, "A cup of")
    for layer in (1, 29, 30):
        what, first, *_ = zip(*adding_up(run, model, tokenizer, layer).table.rows, strict=True)
        came, attended, between, thought, went = map(float, first)
        assert came + attended == pytest.approx(between, abs=0.02)
        assert between + thought == pytest.approx(went, abs=0.02)
        assert what[0].endswith(run.decoder.guesses[layer - 1][-1][0][0]) and "of" in what[0]
        assert what[-1].endswith(run.decoder.guesses[layer][-1][0][0])
        inside = torch.tensor(run.decoder.blocks[layer - 1]["residual"][-1])
        with torch.no_grad():
            guess = tokenizer.decode(model.lm_head(model.model.norm(inside)).argmax()).strip(" ")
        assert what[2] == f"the sum, the guess here: {label(guess, 14)}"
    for wrong in (0, 31, "first"):
        with pytest.raises(CourseError, match="from 1 to 30"):
            adding_up(run, model, tokenizer, wrong)
    with pytest.raises(CourseError, match="forward_pass"):
        adding_up("no run", model, tokenizer)


@pytest.mark.models
def test_a_surprise_is_the_perplexity():
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    found = checkpoint("chat")
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    model = AutoModelForCausalLM.from_pretrained(found.path, dtype=found.dtype)
    ids = tokenizer("The truth is dull.", return_tensors="pt").input_ids
    with torch.no_grad():
        expected = model(ids, labels=ids).loss.exp().item()
    ((name, value),) = surprises(model, tokenizer, {"the truth": "The truth is dull."}).table.rows
    assert name == "the truth" and float(value.replace(",", "")) == pytest.approx(expected, rel=0.01)
    assert surprises(model, tokenizer, {"long": "word " * 500}).alt
    with pytest.raises(CourseError, match="nothing to guess"):
        surprises(model, tokenizer, {"the truth": "a"})


@pytest.mark.models
def test_all_tokens_are_asked_at_once():
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForMaskedLM, AutoTokenizer

    found = checkpoint("fill-mask")
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    model = AutoModelForMaskedLM.from_pretrained(found.path, dtype=found.dtype)
    text = "She opened the door."
    ids = tokenizer(text, return_tensors="pt").input_ids
    rows = chances_of_hidden(model, tokenizer, text)
    assert [row[0] for row in rows] == ["she", "opened", "the", "door", "."]
    for place, (_, chance, choice) in enumerate(rows, start=1):
        one = ids.clone()
        one[0, place] = tokenizer.mask_token_id
        with torch.no_grad():
            chances = model(one).logits[0, place].softmax(-1)
        assert chance == pytest.approx(chances[ids[0, place]].item(), abs=1e-4)
        assert choice == tokenizer.decode(chances.argmax())
    assert len(chances_of_hidden(model, tokenizer, "word " * 500)) == 16
    assert chances_of_hidden(model, tokenizer, " ") == []

    found = checkpoint("chat")
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    model = AutoModelForCausalLM.from_pretrained(found.path, dtype=found.dtype)
    rows = chances_of_next(model, tokenizer, text)
    assert [row[0] for row in rows] == [" opened", " the", " door", "."]
    ids = tokenizer(text, return_tensors="pt").input_ids
    with torch.no_grad():
        loss = model(ids, labels=ids).loss
    product = torch.tensor([row[1] for row in rows]).log().mean()
    assert loss.item() == pytest.approx(-product.item(), abs=1e-3)
    assert len(chances_of_next(model, tokenizer, "word " * 500)) == 15
    assert chances_of_next(model, tokenizer, "word") == []
