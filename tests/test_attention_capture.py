"""What `capture` gives is what the model computes, for every architecture; and the model is as it was before."""

import numpy as np
import pytest
import tiny_models
import torch
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

from course_utils import CourseError, checkpoint
from course_utils.attention import capture, capture_generation

TOKENIZER = tiny_models.tokenizer()


@pytest.fixture(params=tiny_models.MAKERS)
def tiny(request):
    return tiny_models.MAKERS[request.param]()


def by_library(tiny) -> dict[str, np.ndarray]:
    """The library's own weights by kind, `[batch, layers, heads, query, key]`, loaded with eager attention."""
    from copy import deepcopy

    config = deepcopy(tiny.model.config)
    model = type(tiny.model)._from_config(config, attn_implementation="eager").eval()
    model.load_state_dict(tiny.model.state_dict())
    with torch.no_grad():
        output = model(**tiny.inputs, output_attentions=True)
    return {kind: torch.stack(output[name], 1).numpy() for kind, name in tiny.names.items()}


def implementations(model) -> list:
    return [m.config._attn_implementation for m in model.modules() if hasattr(m, "config")]


def test_weights_are_the_models_own(tiny):
    inputs = {k: v for k, v in tiny.inputs.items() if not k.startswith("decoder_")}
    if tiny.model.config.is_encoder_decoder:
        labels = torch.cat([tiny.inputs["decoder_input_ids"][:, 1:], torch.full((2, 1), 2)], 1)
        text = [" ".join(f"w{i - 5}" for i in row[:-1].tolist()) + " </s>" for row in labels]
        records = capture(tiny.model, TOKENIZER, inputs, text)
        tiny.inputs["decoder_attention_mask"] = torch.ones_like(labels)
    else:
        records = capture(tiny.model, TOKENIZER, inputs)
    expected = by_library(tiny)
    assert len(records) == 2 and set(records[0].kinds) == set(expected)
    for row, record in enumerate(records):
        for kind, weights in expected.items():
            found = record.map(kind)
            real = np.array([not t.padding for t in found.queries])
            assert np.array_equal(found.weights[:, :, real], weights[row][:, :, real])
            assert np.allclose(found.weights[:, :, real].sum(-1), 1, atol=1e-5)
            assert not found.weights[:, :, ~real].any()
            assert not found.weights[..., [t.padding for t in found.keys]].any()


def test_padding_is_marked_and_can_be_taken_away():
    tiny = tiny_models.encoder("Bert")
    _, second = capture(tiny.model, TOKENIZER, tiny.inputs)
    assert [t.padding for t in second.map().keys] == [False] * 5 + [True] * 2
    alone = {name: value[1:, :5] for name, value in tiny.inputs.items()}
    single = capture(tiny.model, TOKENIZER, alone)  # a batch of one
    assert second.trim().map().weights.shape == single.map().weights.shape == (3, 4, 5, 5)
    assert np.allclose(second.trim().map().weights, single.map().weights, atol=1e-6)


def test_a_text_and_a_list_of_texts():
    tiny = tiny_models.encoder("Bert")
    one = capture(tiny.model, TOKENIZER, "w1 w2 w3")
    short, long = capture(tiny.model, TOKENIZER, ["w1 w2 w3", "w4 w5 w6 w7 w8"])
    assert [t.text for t in one.map().keys] == ["w1", "w2", "w3"] and one.text == "w1 w2 w3"
    assert [t.padding for t in short.map().keys] == [False, False, False, True, True]
    assert np.allclose(short.trim().map().weights, one.map().weights, atol=1e-6)
    assert long.map().weights.shape == (3, 4, 5, 5)
    assert isinstance(capture(tiny.model, TOKENIZER, ["w1"]), tuple)


def test_the_model_is_left_as_it_was(tiny):
    tiny.model.train()
    last = next(m for m in tiny.model.modules() if isinstance(m, torch.nn.LayerNorm | torch.nn.Linear))
    last.eval()  # some parts may be frozen in evaluation mode
    modes, before = [m.training for m in tiny.model.modules()], implementations(tiny.model)
    target = {"target": ["w1", "w2"]} if tiny.model.config.is_encoder_decoder else {}
    inputs = {k: v for k, v in tiny.inputs.items() if not k.startswith("decoder_")}
    first = capture(tiny.model, TOKENIZER, inputs, **target)
    again = capture(tiny.model, TOKENIZER, inputs, **target)
    assert np.array_equal(first[0].map().weights, again[0].map().weights)  # no dropout, though the model was training
    assert [m.training for m in tiny.model.modules()] == modes
    assert implementations(tiny.model) == before and "sdpa" in before
    assert not any(hasattr(m, "_course_attention") for m in tiny.model.modules())


def test_the_model_is_left_as_it_was_after_an_error():
    tiny = tiny_models.decoder("Llama")
    before = implementations(tiny.model)
    with pytest.raises(CourseError, match="does not take these inputs"):
        capture(tiny.model, TOKENIZER, {"input_ids": torch.tensor([[99]])})
    assert implementations(tiny.model) == before and tiny.model.training
    assert not any(hasattr(m, "_course_attention") for m in tiny.model.modules())


def test_value_norms_are_the_lengths_of_what_heads_pass_on(tiny):
    """One-key case: with a single token every weight is 1, so the layer's attention output is the sum over heads."""
    if not any(tiny.projections.values()):
        return  # ALBERT: one module for all layers, tested by its weights above
    inputs = {k: v[:1] for k, v in tiny.inputs.items()}
    if "input_ids" in inputs:
        inputs = {k: v[:, :1] if not k.startswith("decoder_") else v for k, v in inputs.items()}
    seen = {}
    for kind, layers in tiny.projections.items():
        for n, layer in enumerate(layers):
            layer.register_forward_pre_hook(lambda _, args, key=(kind, n): seen.setdefault(key, args[0]))
    plain = {k: v for k, v in inputs.items() if not k.startswith("decoder_")}
    record = capture(tiny.model.eval(), TOKENIZER, plain, **({"target": "w1"} if len(tiny.names) > 1 else {}))
    kind = "cross" if len(tiny.names) > 1 else next(iter(tiny.names))
    found = record.map(kind)
    for layer in range(found.layers):
        heads = found.heads
        joined = seen[kind, layer][0]  # [query, heads * size]: weights times values, heads side by side
        for head in range(heads):
            size = joined.shape[-1] // heads
            part = joined[:, head * size : (head + 1) * size]
            passed = (part @ tiny.slices(kind, layer, head, heads)).norm(dim=-1).detach()  # [query]
            most = (found.weights[layer, head] * found.value_norms[layer, head]).sum(-1)
            assert (passed.numpy() <= most + 1e-5).all()
            if found.weights.shape[-1] == 1:
                assert np.allclose(passed, found.value_norms[layer, head], atol=1e-5)


@pytest.mark.parametrize("name", ["GPT2", "Llama", "T5", "Bart", "Marian"])
def test_a_generation_gives_the_maps_of_the_finished_text(name):
    tiny = tiny_models.MAKERS[name]()
    model, text = tiny.model, "w1 w2 w3 w4"
    record = capture_generation(model, TOKENIZER, text, max_new_tokens=5, min_new_tokens=5)
    ids = TOKENIZER(text, return_tensors="pt")
    written = model.eval().generate(**ids, max_new_tokens=5, min_new_tokens=5, do_sample=False)
    if model.config.is_encoder_decoder:
        target = " ".join(TOKENIZER.convert_ids_to_tokens(written[0, 1:]))
        whole = capture(model, TOKENIZER, text, target)
        assert [t.text for t in record.map("cross").queries] == target.split()
    else:
        whole = capture(model, TOKENIZER, {"input_ids": written[:, :-1]})
        assert record.map().weights.shape == (3, 4, 8, 8)
    for kind in record.kinds:
        assert record.map(kind).weights.shape == whole.map(kind).weights.shape
        assert np.allclose(record.map(kind).weights, whole.map(kind).weights, atol=1e-5)
        assert [t.text for t in record.map(kind).keys] == [t.text for t in whole.map(kind).keys]


def test_an_encoder_decoder_without_a_target_writes_it():
    tiny = tiny_models.encoder_decoder("Marian")
    record = capture(tiny.model, TOKENIZER, "w1 w2 w3")
    written = tiny.model.eval().generate(
        **TOKENIZER("w1 w2 w3", return_tensors="pt"), do_sample=False, num_beams=1, max_new_tokens=64
    )
    assert [t.text for t in record.map("cross").queries] == TOKENIZER.convert_ids_to_tokens(written[0, 1:])


# --- the real models of the course ----------------------------------------------------------------------------


def test_minilm_and_its_word_pieces():
    found = checkpoint("embeddings")
    model, tokenizer = AutoModel.from_pretrained(found.path), AutoTokenizer.from_pretrained(found.path)
    record = capture(model, tokenizer, "Sylvain's 🙂 notebook")
    tokens = record.map().keys
    assert [t.text for t in tokens] == ["[CLS]", "sy", "##lva", "##in", "'", "s", "[UNK]", "notebook", "[SEP]"]
    assert [t.word for t in tokens] == tokenizer("Sylvain's 🙂 notebook").word_ids()
    assert [t.special for t in tokens] == [True, *[False] * 7, True]
    merged = record.merge_words().map()
    assert [t.text for t in merged.keys] == ["[CLS]", "sylvain", "'", "s", "[UNK]", "notebook", "[SEP]"]
    assert np.allclose(merged.weights.sum(-1), 1, atol=1e-5)


def test_smollm2_and_its_bytes():
    found = checkpoint("text-generation")
    model = AutoModelForCausalLM.from_pretrained(found.path, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    record = capture(model, tokenizer, "Naïve 🦩 words\n don't")
    assert record.map().weights.shape[:2] == (30, 9)
    assert np.triu(record.map().head(0, "mean"), 1).max() == 0  # nobody looks at what comes later
    joined = [t.text for t in record.merge_words().map().keys]
    assert joined == ["Naïve", "🦩", "words", "⏎", "don", "'t"]
    assert "<" in "".join(t.text for t in record.map().keys)  # the flamingo takes several pieces, shown as bytes


def test_the_translation_model_aligns_words():
    found = checkpoint("translation-en-fr")
    model = AutoModelForSeq2SeqLM.from_pretrained(found.path)
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    cross = capture(model, tokenizer, "You like this course.").map()
    assert [t.text for t in cross.queries][:4] == ["Tu", "aimes", "ce", "cours"]
    row = [t.text for t in cross.queries].index("cours")
    assert cross.keys[cross.head(-1, "mean")[row].argmax()].text == "course"


# --- bad input ------------------------------------------------------------------------------------------------


class NotAModel:
    pass


BAD = {
    "no model": (lambda m: (NotAModel(), TOKENIZER, "w1"), "Expected a model"),
    "a name": (lambda m: ("bert-base-cased", TOKENIZER, "w1"), "Expected a model"),
    "text before tokenizer": (lambda m: (m, "w1", TOKENIZER), "Expected a text, a list of texts"),
    "no tokenizer": (lambda m: (m, None, "w1"), "Expected the model's tokenizer"),
    "no text": (lambda m: (m, TOKENIZER, ""), "Expected a text"),
    "a number": (lambda m: (m, TOKENIZER, 3), "Expected a text"),
    "an empty list": (lambda m: (m, TOKENIZER, []), "Expected a text"),
    "a target for an encoder": (lambda m: (m, TOKENIZER, "w1", "w2"), "takes no target"),
    "lists instead of tensors": (lambda m: (m, TOKENIZER, {"input_ids": [[5, 6]]}), 'use `return_tensors="pt"`'),
    "too long": (lambda m: (m, TOKENIZER, "w1 " * 600), "Expected at most 512 tokens"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_sentence(name):
    make, says = BAD[name]
    with pytest.raises(CourseError) as told:
        capture(*make(tiny_models.encoder("Bert").model))
    assert says in str(told.value) and "\n" not in str(told.value)


def test_bad_generations_get_one_sentence():
    model = tiny_models.decoder("GPT2").model
    for text, settings, says in (
        ("w1", {"num_beams": 2}, "without beams"),
        (["w1", "w2"], {}, "Expected one text to continue; given: 2"),
    ):
        with pytest.raises(CourseError, match=says):
            capture_generation(model, TOKENIZER, text, **settings)
    with pytest.raises(CourseError, match="writes no text"):
        capture_generation(tiny_models.encoder("Bert").model, TOKENIZER, "w1")
    with pytest.raises(CourseError, match="Expected one target for each of the 1 texts; given: 2"):
        capture(tiny_models.encoder_decoder("T5").model, TOKENIZER, "w1", ["w1", "w2"])


def test_too_many_weights_are_refused_before_the_model_runs():
    model = tiny_models.encoder_decoder("T5").model  # no limit of its own on the length
    with pytest.raises(CourseError, match="would take .* GB; at most 1 GB"):
        capture(model, TOKENIZER, {"input_ids": torch.full((1, 6000), 7)}, "w1")
