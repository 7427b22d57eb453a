"""What `capture` gives is what the model computes, for every architecture; and the model is as it was before."""

import numpy as np
import pytest
import tiny_models
import torch
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    ByT5Tokenizer,
    CanineTokenizer,
    GenerationConfig,
    TextStreamer,
    WhisperTokenizer,
)

from course_utils import CourseError, checkpoint
from course_utils.attention import capture, capture_generation
from course_utils.attention.record import Map
from course_utils.attention.tokens import tokens_of

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


@pytest.mark.parametrize("name", ["GPT2", "Llama", "T5", "Marian"])
def test_a_step_too_many_leaves_no_row(name, monkeypatch):
    """On Apple's GPU the library runs the model once more after the end; here it does so on the CPU."""
    from collections import deque

    from transformers.generation import utils

    class OneLate(utils.StopCheck):
        """The library's own `DeferredStopCheck`, without the events of a GPU."""

        def __init__(self, *args):
            super().__init__()
            self.flags, self.late = deque([False], maxlen=2), False

        is_supported = staticmethod(lambda *args, **kwargs: True)

        def __call__(self, unfinished, tokens, length):
            self.late = self.flags[-1]
            self.flags.append(bool(unfinished.max() == 0))
            return self.late

        def finish(self):
            return int(self.late)

    tiny, text = tiny_models.MAKERS[name](), "w1 w2 w3 w4 w5 w6 w7 w8 w9"
    settings = {"max_new_tokens": 20, "min_new_tokens": 3, "eos_token_id": list(range(5, 20))}
    expected = capture_generation(tiny.model, TOKENIZER, text, **settings)
    calls = []
    tiny.model.register_forward_hook(lambda *args: calls.append(args))
    capture_generation(tiny.model, TOKENIZER, text, **settings)
    usual = len(calls)
    monkeypatch.setattr(utils, "DeferredStopCheck", OneLate)
    record = capture_generation(tiny.model, TOKENIZER, text, **settings)
    assert len(calls) == 2 * usual + 1, "the model ran once more"
    for kind in expected.kinds:
        assert np.array_equal(record.map(kind).weights, expected.map(kind).weights)
        assert np.array_equal(record.map(kind).value_norms, expected.map(kind).value_norms)
        assert record.map(kind).queries == expected.map(kind).queries


def same(one, other) -> bool:
    """Whether two records show the same tokens and weights."""
    maps = [(one.map(kind), other.map(kind)) for kind in one.kinds]
    return one.kinds == other.kinds and all(
        a.queries == b.queries and a.keys == b.keys and np.array_equal(a.weights, b.weights) for a, b in maps
    )


@pytest.mark.parametrize("name", ["GPT2", "Marian"])
def test_settings_in_a_generation_config_count_like_those_given_by_name(name):
    model, text = tiny_models.MAKERS[name]().model, "w1 w2 w3"

    def generation(**settings):
        torch.manual_seed(0)
        return capture_generation(model, TOKENIZER, text, **settings)

    greedy = generation(max_new_tokens=6)
    returned = {"return_dict_in_generate": True, "output_attentions": True, "output_scores": True, "use_cache": False}
    for settings in ({"do_sample": True}, {"do_sample": True, "top_k": 3}, {"eos_token_id": [*range(20)]}, returned):
        settings = {"max_new_tokens": 6, **settings}
        by_name, record = generation(**settings), generation(generation_config=GenerationConfig(**settings))
        assert same(by_name, record) and same(record, greedy) == (settings.keys() >= returned.keys())
    assert same(generation(generation_config=GenerationConfig(max_length=5)), generation(max_length=5))
    longer = GenerationConfig(max_new_tokens=9, do_sample=True, entry_of_another_model=1)
    assert same(generation(generation_config=longer, max_new_tokens=6, do_sample=False), greedy)
    assert longer.max_new_tokens == 9 and longer.num_beams is None, "the learner's own is as it was"
    assert same(generation(generation_config=None, max_new_tokens=6), greedy)


BESIDE = {
    **{"num_beams": 4, "num_return_sequences": 3, "num_beam_groups": 2, "constraints": ["…"], "force_words_ids": [[5]]},
    **{"penalty_alpha": 0.6, "dola_layers": "high", "guidance_scale": 1.5, "token_healing": True},
    **{"prompt_lookup_num_tokens": 2, "assistant_early_exit": 1, "use_mtp": True},
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_is_no_single_sequence_is_refused_where_asked_for_and_set_aside_where_not(name, monkeypatch):
    monkeypatch.setattr("course_utils.attention.inputs.TARGET_TOKENS", 4)  # as many show it as 64
    model, text, length = tiny_models.decoder("GPT2").model, "w1 w2 w1 w2 w1 w2", {"max_new_tokens": 4}
    greedy, asked = capture_generation(model, TOKENIZER, text, **length), GenerationConfig(**length)
    setattr(asked, name, BESIDE[name])  # some cannot be made alone
    says = f"^Expected one sequence, .* without beams and the like; leave out {name}[.]$"
    for settings in ({name: BESIDE[name]}, {"generation_config": asked}):
        with pytest.raises(CourseError, match=says):
            capture_generation(model, TOKENIZER, text, **settings)
    writer = tiny_models.encoder_decoder("Marian").model
    target = capture(writer, TOKENIZER, text)
    for own in (model.generation_config, writer.generation_config):
        own.do_sample = own.return_dict_in_generate = True
        setattr(own, name, BESIDE[name])
    assert same(capture_generation(model, TOKENIZER, text, **length), greedy)
    assert same(capture(writer, TOKENIZER, text), target)
    without = {name: None if name != "num_beams" else 1}
    assert same(capture_generation(model, TOKENIZER, text, **length, **without), greedy)


def test_a_generation_with_an_assistant_is_refused_and_one_with_a_streamer_is_streamed(capsys):
    model = tiny_models.decoder("Llama").model
    with pytest.raises(CourseError, match="leave out assistant_model[.]"):
        capture_generation(model, TOKENIZER, "w1 w2", assistant_model=model)
    record = capture_generation(model, TOKENIZER, "w1 w2", max_new_tokens=3, streamer=TextStreamer(TOKENIZER))
    assert capsys.readouterr().out.split()[:-1] == [t.text for t in record.map().queries]


def test_the_start_token_may_be_another():
    model = tiny_models.encoder_decoder("T5").model
    record = capture_generation(model, TOKENIZER, "w1 w2", decoder_start_token_id=7, max_new_tokens=3)
    assert record.map("decoder").queries[0].text == TOKENIZER.convert_ids_to_tokens(7)


@pytest.mark.parametrize("name", ["GPT2", "T5"])
def test_a_generation_ends_at_a_stop_string(name):
    model = tiny_models.MAKERS[name]().model
    tokenizer = vocabulary(["▁", *"abcdefghijklmnopqrstuvwxyz."], [])
    settings = {"max_new_tokens": 8, "suppress_tokens": [0, 1, 2, *range(29, 45)]}  # the letters are left, without "a"
    kind = "decoder" if name == "GPT2" else "cross"

    def written(**more):
        record = capture_generation(model, tokenizer, "abc", **settings | more)
        return [t.text for t in record.map(kind).queries][4 if name == "GPT2" else 0 :]

    free = written()
    assert len(free) == (7 if name == "GPT2" else 8), "the last one is not read; but it is written"
    ended = free[: 0 if name == "GPT2" else 1]
    assert written(stop_strings=free[0]) == written(stop_strings=["?", free[0]]) == ended
    by_config = GenerationConfig(**settings, stop_strings=[free[0]])
    assert written(generation_config=by_config) == ended
    model.generation_config.stop_strings = [free[0]]
    assert written() == ended and written(stop_strings=None) == free
    if name == "T5":  # `capture` lets it write as well
        model.generation_config.suppress_tokens = settings["suppress_tokens"]
        assert [t.text for t in capture(model, tokenizer, "abc").map().queries] == ended


def test_an_encoder_decoder_without_a_target_writes_it():
    tiny = tiny_models.encoder_decoder("Marian")
    record = capture(tiny.model, TOKENIZER, "w1 w2 w3")
    written = tiny.model.eval().generate(
        **TOKENIZER("w1 w2 w3", return_tensors="pt"), do_sample=False, num_beams=1, max_new_tokens=64
    )
    assert [t.text for t in record.map("cross").queries] == TOKENIZER.convert_ids_to_tokens(written[0, 1:])


def test_a_text_has_the_same_maps_alone_and_in_a_batch():
    for name in ("Marian", "T5"):
        model = tiny_models.encoder_decoder(name).model
        alone = capture(model, TOKENIZER, "w1 w2", "w1")
        batch = capture(model, TOKENIZER, ["w1 w2", "w3 w4 w5"], ["w1", "w6 w7 w8"])[0].trim()
        for kind in ("encoder", "decoder", "cross"):
            assert alone.map(kind).queries == batch.map(kind).queries and alone.map(kind).keys == batch.map(kind).keys
            assert np.allclose(alone.map(kind).weights, batch.map(kind).weights, atol=1e-6)


def test_albert_with_a_group_of_several_layers():
    from transformers import AlbertConfig, AlbertModel

    sizes = {"embedding_size": 8, "num_hidden_groups": 1, "inner_group_num": 2}
    model = AlbertModel(AlbertConfig(**tiny_models.SIZES, **tiny_models.ENCODER, **sizes))
    tiny = tiny_models.Tiny(model, tiny_models.tokens(), {"encoder": "attentions"})
    first, _ = capture(model, TOKENIZER, tiny.inputs)
    assert np.array_equal(first.map().weights, by_library(tiny)["encoder"][0])


def test_an_encoder_taken_out_of_an_encoder_decoder():
    model = tiny_models.encoder_decoder("Bart").model
    whole, part = capture(model, TOKENIZER, "w1 w2", "w3"), capture(model.get_encoder(), TOKENIZER, "w1 w2")
    assert part.kinds == ("encoder",) and np.array_equal(part.map().weights, whole.map("encoder").weights)


# --- models that cannot be shown: one sentence, never a wrong picture ------------------------------------------


def two_towers():
    from transformers import CLIPConfig, CLIPModel

    text = {**tiny_models.SIZES, **tiny_models.ENCODER, "max_position_embeddings": 8}
    vision = {**tiny_models.ENCODER, "image_size": 8, "patch_size": 4}
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=8))
    ids = torch.tensor([[5, 6, 7, 8, 2]])  # as many as the picture has patches
    return model, TOKENIZER, {"input_ids": ids, "pixel_values": torch.rand(1, 3, 8, 8)}


def with_sinks():
    from transformers import GptOssConfig, GptOssForCausalLM

    sizes = {"num_key_value_heads": 2, "num_local_experts": 2, "num_experts_per_tok": 1, "head_dim": 4}
    model = GptOssForCausalLM(GptOssConfig(**tiny_models.SIZES, **tiny_models.ENCODER, **sizes))
    for layer in model.model.layers:
        torch.nn.init.zeros_(layer.self_attn.sinks)
    return model, TOKENIZER, "w1 w2 w3"


def with_adapters():
    class PeftModel:
        def get_base_model(self):
            raise NotImplementedError

    return PeftModel(), TOKENIZER, "w1"


NOT_SHOWN = {
    "two towers": (two_towers, "give one of its parts if it has several, such as `model.text_model`"),
    "sinks": (with_sinks, "is no map of its tokens, with rows that sum to 1"),
    "adapters": (with_adapters, "given: a PeftModel; of a model with adapters, take its `.get_base_model()`"),
}


@pytest.mark.parametrize("name", NOT_SHOWN)
def test_a_model_that_cannot_be_shown_gets_one_sentence(name):
    make, says = NOT_SHOWN[name]
    with pytest.raises(CourseError) as told:
        capture(*make())
    assert says in str(told.value) and "\n" not in str(told.value)


def test_a_generation_that_cannot_be_shown_gets_one_sentence():
    from transformers import MistralConfig, MistralForCausalLM

    sizes = {"num_key_value_heads": 2, "sliding_window": 3}
    model = MistralForCausalLM(MistralConfig(**tiny_models.SIZES, **tiny_models.ENCODER, **sizes))
    with pytest.raises(CourseError, match="is no map of its tokens"):
        capture_generation(model, TOKENIZER, "w1 w2 w3 w4", max_new_tokens=3, min_new_tokens=3)
    tiny = tiny_models.encoder_decoder("Whisper")  # returns its text without the start
    sound = {"input_features": tiny.inputs["input_features"][:1]}
    with pytest.raises(CourseError, match="does not return the tokens that it began with"):
        capture_generation(tiny.model, TOKENIZER, sound, max_new_tokens=4)


# --- tokens and words -----------------------------------------------------------------------------------------


def vocabulary(pieces, merges, **settings):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    places = {piece: i for i, piece in enumerate(["<unk>", *pieces])}
    backend = Tokenizer(models.BPE(places, merges, unk_token="<unk>", **settings))
    if suffix := settings.get("end_of_word_suffix"):
        backend.pre_tokenizer, backend.decoder = pre_tokenizers.BertPreTokenizer(), decoders.BPEDecoder(suffix)
    else:
        backend.pre_tokenizer = pre_tokenizers.Metaspace()
        backend.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="<unk>")


def in_bytes():
    """As in Llama 2 and Gemma: what the vocabulary lacks is spelled in bytes."""
    all_bytes = [f"<0x{i:02X}>" for i in range(256)]
    return vocabulary([*all_bytes, "▁", "a", "▁a", "b", ".", "’"], [("▁", "a")], byte_fallback=True)


def in_pieces():
    """As in T5: what the vocabulary lacks is unknown, and a space before a mark may be a piece of its own."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    pieces = [("</s>", 0.0), ("<unk>", 0.0), *((piece, -1.0) for piece in ("▁", "▁a", "▁b", *"ab,—##«"))]
    backend = Tokenizer(models.Unigram([*pieces, ("##", -1.0)], unk_id=1))
    backend.pre_tokenizer, backend.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    return PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="<unk>", eos_token="</s>")


END = "<|endoftext|>"


def byte_level(**roles):
    """As in GPT-2: each byte has a token, so that nothing is unknown."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    places = {piece: i for i, piece in enumerate([*alphabet, "âĢ", "âĢĶ", "Ġb", END, "<end>"])}
    backend = Tokenizer(models.BPE(places, [("â", "Ģ"), ("âĢ", "Ķ"), ("Ġ", "b")]))
    backend.pre_tokenizer, backend.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    backend.add_special_tokens([AddedToken("<task>", special=True)])  # a mark without a role, as Whisper has many
    return PreTrainedTokenizerFast(tokenizer_object=backend, **roles)


def whisper():
    from tokenizers import AddedToken, pre_tokenizers

    places = {piece: i for i, piece in enumerate([*sorted(pre_tokenizers.ByteLevel.alphabet()), END])}
    tokenizer = WhisperTokenizer(vocab=places, merges=[])
    tokenizer.add_tokens([AddedToken("<|notimestamps|>", special=True)], special_tokens=True)
    tokenizer.add_tokens(["<|0.00|>", "<|2.00|>"])
    return tokenizer


def with_suffix():
    """As in GPT: the last piece of a word is marked."""
    return vocabulary(["a", "b</w>", "c</w>", ".</w>"], [], end_of_word_suffix="</w>")


TEXTS = {
    "bytes": (
        in_bytes,
        "ab🙂 a\nb’a. 🙂",
        "a b <F0> <9F> <99> <82> a ⏎ b ’ a . ␣ <F0> <9F> <99> <82>",
        "ab🙂 a ⏎ b ’ a . 🙂",
    ),
    "a space before a mark": (
        in_pieces,
        "a — b —, «a» ##",
        "a ␣ — b ␣ — , ␣ « a <unk> ␣ ##",
        "a — b — , « a <unk> ␣ ##",
    ),
    "spaces": (in_pieces, "a  — </s>b  b  ", "a ␣ ␣ — ␣ </s> b ␣ b ␣ ␣", "a ␣ — ␣ </s> b ␣ b ␣ ␣"),
    "unknown words": (in_pieces, "a 🙂 b🙂a <unk>a", "a ␣ <unk> b <unk> a ␣ <unk> a", "a <unk> b <unk> a <unk> a"),
    "a byte-level space": (byte_level, "a — b  b \n—a", "a ␣ — b ␣ b ␣ ⏎ — a", "a — b ␣ b ␣ ⏎ — a"),
    "suffix": (with_suffix, "ab c.", "a b c .", "ab c ."),
    "pure Python": (ByT5Tokenizer, "né.\tx", "n <C3> <A9> . ⇥ x </s>", "né . ⇥ x </s>"),
    "not visible": (
        CanineTokenizer,
        "a\u200db",
        "<EE 80 80> a <E2 80 8D> b <EE 80 81>",
        "<EE 80 80> a\u200db <EE 80 81>",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_tokens_and_words_are_readable(name):
    make, text, pieces, words = TEXTS[name]
    tokenizer = make()
    ids = tokenizer(text)["input_ids"]
    tokens = tokens_of(tokenizer, ids)
    even = np.full((1, 1, len(ids), len(ids)), 1 / len(ids))
    merged = Map(kind="encoder", weights=even, queries=tokens, keys=tokens).merge_words()
    assert " ".join(t.text for t in tokens) == pieces and " ".join(t.text for t in merged.keys) == words
    assert np.allclose(merged.weights.sum(-1), 1, atol=1e-6)


MARKS = {  # tokenizer, text, its words without marks, its marks
    "GPT-2": (lambda: byte_level(unk_token=END, bos_token=END, eos_token=END), f"{END}ba{END} b", "ba b", [END] * 2),
    "SmolLM2": (lambda: byte_level(unk_token=END, bos_token="<end>", eos_token="<end>"), f"{END}a", "a", [END]),
    "no role": (lambda: byte_level(eos_token=END), f"<task>a{END}", "a", ["<task>", END]),
    "T5": (in_pieces, "<unk>a</s>", "<unk> a", ["</s>"]),
    "ByT5": (ByT5Tokenizer, "a<extra_id_0>b", "a b", ["<extra_id_0>"]),
    "WordLevel": (tiny_models.tokenizer, "<s> w1 w99 </s>", "w1 <unk>", ["<s>", "</s>"]),
    "Whisper": (whisper, f"<|notimestamps|>a{END}", "a", ["<|notimestamps|>", END]),
    "Whisper's times": (whisper, "<|0.00|>ab<|2.00|>", "<|0.00|> ab <|2.00|>", []),
}


@pytest.mark.parametrize("name", MARKS)
def test_marks_belong_to_no_word_and_unknown_words_are_words(name):
    make, text, words, marks = MARKS[name]
    tokenizer = make()
    tokens = tokens_of(tokenizer, tokenizer(text, add_special_tokens=False)["input_ids"])
    assert [t.text for t in tokens if t.special] == marks and all(t.word is None for t in tokens if t.special)
    found = {}
    for token in tokens:
        if not token.special:
            found[token.word] = found.get(token.word, "") + token.text
    assert " ".join(found.values()) == words


# --- the real models of the course ----------------------------------------------------------------------------


@pytest.mark.models
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


@pytest.mark.models
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


@pytest.mark.models
@pytest.mark.parametrize(
    ("task", "text", "marks"),
    [
        ("chat", f"{END}Once<repo_name>upon", [END, "<repo_name>"]),
        ("speech-recognition", "Once", ["<|startoftranscript|>", "<|notimestamps|>", END]),
        ("fill-mask", "[UNK] once", ["[CLS]", "[SEP]"]),
    ],
)
def test_marks_of_real_tokenizers(task, text, marks):
    tokenizer = AutoTokenizer.from_pretrained(checkpoint(task).path)
    assert [t.text for t in tokens_of(tokenizer, tokenizer(text)["input_ids"]) if t.special] == marks


@pytest.mark.models
def test_smollm2_stops_at_a_full_stop():
    found = checkpoint("chat")
    model = AutoModelForCausalLM.from_pretrained(found.path, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    record = capture_generation(model, tokenizer, "The capital of France is", stop_strings=["."], max_new_tokens=12)
    assert 5 <= len(record.map().queries) < 5 + 12 - 1


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
    "ids in one dimension": (
        lambda m: (m, TOKENIZER, {"input_ids": torch.tensor([5, 6])}),
        "of the shape [texts, tokens]",
    ),
    "a mask of another length": (
        lambda m: (m, TOKENIZER, {"input_ids": torch.tensor([[5, 6]]), "attention_mask": torch.ones(1, 3)}),
        "given: [1, 2] and [1, 3]",
    ),
    "only padding": (
        lambda m: (m, TOKENIZER, {"input_ids": torch.tensor([[5]]), "attention_mask": torch.zeros(1, 1)}),
        "no text all padding",
    ),
    "prepared, no tokenizer": (
        lambda m: (m, None, {"input_ids": torch.tensor([[5]])}),
        "Expected the model's tokenizer",
    ),
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
    with pytest.raises(CourseError, match="not used by the model: .'max_new_token'"):
        capture_generation(model, TOKENIZER, "w1", max_new_token=3)
    with pytest.raises(CourseError, match="writes no text"):
        capture_generation(tiny_models.encoder("Bert").model, TOKENIZER, "w1")
    with pytest.raises(CourseError, match="Expected one target for each of the 1 texts; given: 2"):
        capture(tiny_models.encoder_decoder("T5").model, TOKENIZER, "w1", ["w1", "w2"])
    inputs = {"input_ids": torch.tensor([[5, 6]]), "labels": torch.tensor([[7]])}
    with pytest.raises(CourseError, match="without labels"):
        capture(tiny_models.encoder_decoder("T5").model, TOKENIZER, inputs)


def test_too_many_weights_are_refused_before_the_model_runs():
    model = tiny_models.encoder_decoder("T5").model  # no limit of its own on the length
    with pytest.raises(CourseError, match="would take .* GB; at most 1 GB"):
        capture(model, TOKENIZER, {"input_ids": torch.full((1, 6000), 7)}, "w1")
