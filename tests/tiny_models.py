"""Tiny models with random weights, one of each architecture that the attention package promises to work with."""

from dataclasses import dataclass, field

import torch

WORDS = [f"w{i}" for i in range(40)]
SIZES = {"vocab_size": 45, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
ENCODER = {"hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 24}
BOTH = {
    **{"d_model": 16, "encoder_layers": 3, "decoder_layers": 2, "encoder_ffn_dim": 24, "decoder_ffn_dim": 24},
    **{"encoder_attention_heads": 4, "decoder_attention_heads": 2, "decoder_start_token_id": 0},
    "max_position_embeddings": 64,
    "init_std": 0.2,
}


@dataclass
class Tiny:
    """A model, the inputs of a batch of two, and the names of the library's outputs by kind of attention."""

    model: object
    inputs: dict
    names: dict
    projections: dict = field(default_factory=dict)  # kind -> the output projection of each of its layers

    def slices(self, kind: str, layer: int, head: int, heads: int):
        """The part of a layer's output projection (a view) that belongs to one head."""
        projection = self.projections[kind][layer]
        # GPT-2 keeps `[in, out]`, all others `[out, in]`.
        weight = projection.weight if type(projection).__name__ == "Conv1D" else projection.weight.T
        size = weight.shape[0] // heads
        return weight[head * size : (head + 1) * size]


def tokens(rows: int = 2, length: int = 7) -> dict:
    ids = torch.randint(5, 45, (rows, length), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    mask[1, -2:] = 0  # the second row ends in padding
    return {"input_ids": ids * mask, "attention_mask": mask}


def encoder(name: str) -> Tiny:
    import transformers as t

    torch.manual_seed(0)
    if name == "DistilBert":
        sizes = {"dim": 16, "n_layers": 3, "n_heads": 4, "hidden_dim": 24, "vocab_size": 45, "pad_token_id": 0}
        model = t.DistilBertModel(t.DistilBertConfig(**sizes))
        projections = [layer.attention.out_lin for layer in model.transformer.layer]
    elif name == "ModernBert":
        special = {"cls_token_id": 1, "sep_token_id": 2}
        config = t.ModernBertConfig(**SIZES, **ENCODER, **special, local_attention=4, global_attn_every_n_layers=2)
        model = t.ModernBertModel(config)
        projections = [layer.attn.Wo for layer in model.layers]
    elif name == "Albert":
        model = t.AlbertModel(t.AlbertConfig(**SIZES, **ENCODER, embedding_size=8))
        projections = []
    else:
        config = getattr(t, f"{name}Config")(**SIZES, **ENCODER)
        model = getattr(t, f"{name}Model")(config)
        projections = [layer.attention.output.dense for layer in model.encoder.layer]
    return Tiny(model, tokens(), {"encoder": "attentions"}, {"encoder": projections})


def picture() -> Tiny:
    from transformers import ViTConfig, ViTModel

    torch.manual_seed(0)
    model = ViTModel(ViTConfig(**ENCODER, image_size=8, patch_size=4, num_channels=1))
    pixels = torch.rand(2, 1, 8, 8)
    projections = [layer.attention.o_proj for layer in model.layers]
    return Tiny(model, {"pixel_values": pixels}, {"encoder": "attentions"}, {"encoder": projections})


def decoder(name: str) -> Tiny:
    import transformers as t

    torch.manual_seed(0)
    if name == "GPT2":
        model = t.GPT2LMHeadModel(t.GPT2Config(n_embd=16, n_layer=3, n_head=4, n_positions=64, **SIZES))
        projections = [layer.attn.c_proj for layer in model.transformer.h]
    else:
        model = t.LlamaForCausalLM(t.LlamaConfig(**SIZES, **ENCODER, num_key_value_heads=2))
        projections = [layer.self_attn.o_proj for layer in model.model.layers]
    return Tiny(model, tokens(), {"decoder": "attentions"}, {"decoder": projections})


def encoder_decoder(name: str) -> Tiny:
    import transformers as t

    torch.manual_seed(0)
    inputs = tokens()
    if name == "T5":
        sizes = {"d_model": 16, "d_kv": 4, "d_ff": 24, "num_layers": 3, "num_decoder_layers": 2, "num_heads": 4}
        model = t.T5ForConditionalGeneration(t.T5Config(**SIZES, **sizes, decoder_start_token_id=0))
        blocks = [block.layer for block in model.decoder.block]
        own, cross = [b[0].SelfAttention.o for b in blocks], [b[1].EncDecAttention.o for b in blocks]
        first = [block.layer[0].SelfAttention.o for block in model.encoder.block]
    else:
        if name == "Whisper":
            extra = {"num_mel_bins": 4, "max_source_positions": 10, "max_target_positions": 16}
            inputs = {"input_features": torch.rand(2, 4, 20)}
            sizes = {**BOTH, **extra, "suppress_tokens": None, "begin_suppress_tokens": None}
            model = t.WhisperForConditionalGeneration(t.WhisperConfig(**SIZES, **sizes))
        else:
            model_class = t.MarianMTModel if name == "Marian" else t.BartForConditionalGeneration
            model = model_class(getattr(t, f"{name}Config")(**SIZES, **BOTH))
        layers = model.model.decoder.layers
        own, cross = [x.self_attn.out_proj for x in layers], [x.encoder_attn.out_proj for x in layers]
        first = [x.self_attn.out_proj for x in model.model.encoder.layers]
    inputs |= {"decoder_input_ids": torch.tensor([[0, 7, 8, 9], [0, 11, 12, 13]])}
    names = {"encoder": "encoder_attentions", "decoder": "decoder_attentions", "cross": "cross_attentions"}
    return Tiny(model, inputs, names, {"encoder": first, "decoder": own, "cross": cross})


MAKERS = {
    **{name: lambda name=name: encoder(name) for name in ("Bert", "Roberta", "DistilBert", "ModernBert", "Albert")},
    **{name: lambda name=name: decoder(name) for name in ("GPT2", "Llama")},
    **{name: lambda name=name: encoder_decoder(name) for name in ("T5", "Bart", "Marian", "Whisper")},
    "ViT": picture,
}


def tokenizer():
    """A tokenizer of whole words, `w0` to `w39`, with the ids that the tiny models expect."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    special = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    words = [*special.values(), "<mask>", *WORDS]
    level = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    level.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=level, **special)
