"""Cutting a head equals zeroing its slice of the output projection; and the model is whole again afterwards."""

import numpy as np
import pytest
import tiny_models
import torch

from course_utils import CourseError
from course_utils.attention import capture, cut_heads, head_damage

CASES = [
    *[("GPT2", "decoder"), ("Bert", "encoder"), ("Llama", "decoder"), ("Marian", "cross"), ("T5", "cross")],
    *[("T5", "encoder"), ("T5", "decoder"), ("Marian", "encoder"), ("Marian", "decoder"), ("ViT", "encoder")],
    *[("DistilBert", "encoder"), ("ModernBert", "encoder"), ("Roberta", "encoder"), ("Whisper", "cross")],
]


def output_of(tiny) -> torch.Tensor:
    with torch.no_grad():
        return tiny.model(**tiny.inputs)[0]


@pytest.mark.parametrize("name, kind", CASES)
def test_a_cut_equals_a_zeroed_slice(name, kind):
    tiny = tiny_models.MAKERS[name]()
    for module in tiny.model.eval().modules():  # the same kind of attention for both ways: sdpa differs by 1e-6
        if hasattr(module, "config"):
            module.config._attn_implementation = "eager"
    whole = output_of(tiny)
    heads = 2 if kind != "encoder" and name in ("Marian", "Whisper") else 4
    for layer, head in ((0, 1), (1, heads - 1)):
        with cut_heads(tiny.model, [(layer, head)], kind):
            cut = output_of(tiny)
        part = tiny.slices(kind, layer, head, heads)
        kept = part.detach().clone()
        with torch.no_grad():
            part.zero_()
            zeroed = output_of(tiny)
            part.copy_(kept)
        assert (cut - zeroed).abs().max() <= 1e-6
        assert (cut - whole).abs().max() > 5e-6  # it did something
    with cut_heads(tiny.model, [], kind):
        assert torch.equal(output_of(tiny), whole)
    assert torch.equal(output_of(tiny), whole)


def test_several_heads_and_nested_cuts_add_up():
    tiny = tiny_models.encoder("Bert")
    tiny.model.eval()
    with cut_heads(tiny.model, [(0, 1), (2, 3)]):
        together = output_of(tiny)
    with cut_heads(tiny.model, [(0, 1)]), cut_heads(tiny.model, [(2, 3)]):
        nested = output_of(tiny)
    assert torch.equal(together, nested)


def test_capture_sees_a_model_with_its_heads_cut():
    tiny = tiny_models.encoder("Bert")
    tokenizer = tiny_models.tokenizer()
    whole = capture(tiny.model, tokenizer, "w1 w2 w3").map().weights
    with cut_heads(tiny.model, [(0, 0)]):
        cut = capture(tiny.model, tokenizer, "w1 w2 w3").map().weights
    assert np.array_equal(whole[0], cut[0]) and not np.allclose(whole[1], cut[1], atol=1e-6)
    assert np.array_equal(capture(tiny.model, tokenizer, "w1 w2 w3").map().weights, whole)


def test_a_shared_module_is_cut_in_one_layer_only():
    """ALBERT runs one module in all layers."""
    tiny = tiny_models.encoder("Albert")
    tiny.model.eval()
    outputs = []
    for layer in range(3):
        with cut_heads(tiny.model, [(layer, 0)]):
            outputs.append(output_of(tiny))
    assert not torch.allclose(outputs[0], outputs[1], atol=1e-5)
    assert not torch.allclose(outputs[1], outputs[2], atol=1e-5)


def test_an_error_inside_the_block_leaves_the_model_whole():
    tiny = tiny_models.decoder("GPT2")
    tiny.model.eval()
    whole = output_of(tiny)
    with pytest.raises(ZeroDivisionError), cut_heads(tiny.model, [(0, 0)]):
        1 / 0  # noqa: B018
    assert torch.equal(output_of(tiny), whole) and tiny.model.config._attn_implementation == "sdpa"


def test_a_run_that_breaks_off_inside_the_block_does_not_shift_the_layers():
    tiny = tiny_models.encoder("Bert")
    tiny.model.eval()
    with cut_heads(tiny.model, [(1, 0)]):
        expected = output_of(tiny)

    def stop(*_):
        raise KeyboardInterrupt

    hook = tiny.model.encoder.layer[0].register_forward_hook(stop)
    with cut_heads(tiny.model, np.array([[1, 0]])):  # an array of pairs will do
        with pytest.raises(KeyboardInterrupt):
            output_of(tiny)
        hook.remove()
        assert torch.equal(output_of(tiny), expected)


def test_damage_is_what_the_score_loses():
    tiny = tiny_models.encoder_decoder("Marian")
    tiny.model.eval()

    def score():
        return output_of(tiny)[0, 0, 7]

    damage = head_damage(tiny.model, score, "cross")
    assert damage.shape == (2, 2)
    with cut_heads(tiny.model, [(1, 0)], "cross"):
        without = float(score())
    assert damage[1, 0] == pytest.approx(float(score()) - without, abs=1e-6)
    assert len(np.unique(damage)) == 4


BAD = [
    (lambda m: cut_heads(m, [(3, 0)], "encoder"), "Expected a layer from 0 to 2 and a head from 0 to 3"),
    (lambda m: cut_heads(m, [(0, 2)], "cross"), "a head from 0 to 1"),
    (
        lambda m: cut_heads(m, [(0, 0)]),
        "Expected the kind of attention to cut, one of encoder, decoder, cross; given: none",
    ),
    (lambda m: cut_heads(m, [(0, 0)], "self"), "given: 'self'"),
    (lambda m: cut_heads(m, [(0, 0)], ["cross"]), "given: \"['cross']\""),
    (lambda m: cut_heads(m, (0, 0), "cross"), "Expected a list of pairs"),
    (lambda m: cut_heads(m, [(0, True)], "cross"), "Expected a list of pairs"),
    (lambda m: cut_heads(m, [None], "cross"), "Expected a list of pairs"),
    (lambda m: cut_heads("marian", [(0, 0)], "cross"), "Expected a model of transformers"),
]


@pytest.mark.parametrize("case", range(len(BAD)))
def test_bad_input_gets_one_sentence(case):
    make, says = BAD[case]
    with pytest.raises(CourseError) as told, make(tiny_models.encoder_decoder("Marian").model):
        pass
    assert says in str(told.value) and "\n" not in str(told.value)


def test_a_bad_score_gets_one_sentence():
    model = tiny_models.encoder("Bert").model
    with pytest.raises(CourseError, match="Expected a function without arguments as score; given: a number"):
        head_damage(model, 0.5)
    with pytest.raises(CourseError, match="a finite number; it returned nan"):
        head_damage(model, lambda: float("nan"))
    with pytest.raises(CourseError, match="it returned a NoneType"):
        head_damage(model, lambda: None)
