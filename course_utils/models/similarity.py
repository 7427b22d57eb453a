"""Zero-shot classification by similarity: a model without any training of its own for the real pipeline.

The zero-shot pipeline of transformers asks a model about pairs of texts: does the premise ("The striker scored
twice") entail the hypothesis ("This example is sports")? A model trained on such pairs answers by inference.
This one does not: it turns both texts into sentence embeddings with all-MiniLM-L6-v2 and measures the cosine of
the angle between them. It finds the label that is *about the same thing* as the text. It cannot tell "the train
was on time" from "the train was not on time", and it draws no conclusion from one sentence to another.

It leans on transformers' BERT. `register()` makes `AutoModelForSequenceClassification` and `pipeline` know the
model type "course-similarity"; importing this module calls it.
"""

from __future__ import annotations

import torch
from transformers import AutoConfig, AutoModelForSequenceClassification, BertConfig, BertModel, BertPreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

MODEL_TYPE = "course-similarity"

# What the config.json of the folder says beside the entries of all-MiniLM-L6-v2's own config.json.
LABEL2ID = {"contradiction": 0, "neutral": 1, "entailment": 2}


class SimilarityConfig(BertConfig):
    """BERT's settings and two more: how strongly a cosine counts, and where "similar" begins.

    scale: the entailment logit is `scale * cosine`; 20 is the factor with which all-MiniLM-L6-v2 was trained.
    threshold: the cosine at which a single label gets the score 0.5. It matters only for one label alone and for
        `multi_label=True`, where each label is judged by itself. Chosen by eye on the 30 texts of
        tests/data/zero_shot.jsonl: 27 of the 30 right labels lie above 0.12, and 3 of the 77 wrong ones
        (29 and 2 with the template "This is about {}.").
    """

    model_type = MODEL_TYPE

    def __init__(self, scale: float = 20.0, threshold: float = 0.12, **kwargs):
        self.scale = scale
        self.threshold = threshold
        super().__init__(**kwargs)


class SimilarityForSequenceClassification(BertPreTrainedModel):
    """Logits [pairs, 3] in the order contradiction, neutral, entailment, from the cosine of the two embeddings.

    entailment is `scale * cosine`, so the pipeline's softmax over the labels is a softmax over 20 * cosine.
    contradiction and neutral are the constant `scale * threshold`, so that a single label scores above 0.5 when
    its cosine is above the threshold. Neither means that the texts contradict each other: nothing here can see that.
    """

    config_class = SimilarityConfig
    # The official weights file has no prefix and holds a pooler, which a sentence embedding does not use.
    base_model_prefix = "bert"
    _keys_to_ignore_on_load_unexpected = [r"pooler\..*", r".*position_ids"]

    def __init__(self, config: SimilarityConfig):
        super().__init__(config)
        self.num_labels = 3
        self.bert = BertModel(config, add_pooling_layer=False)
        self.post_init()

    def forward(self, input_ids, attention_mask=None, token_type_ids=None, **kwargs) -> SequenceClassifierOutput:
        """input_ids, attention_mask, token_type_ids: [pairs, length], as BERT's tokenizer makes them from a pair."""
        if token_type_ids is None:
            raise ValueError("Zero-shot by similarity needs token_type_ids: call the tokenizer with two texts.")
        if attention_mask is None:
            attention_mask = torch.ones_like(input_ids)
        first = self.embed(*split(input_ids, attention_mask, token_type_ids, part=0))
        second = self.embed(*split(input_ids, attention_mask, token_type_ids, part=1))
        cosine = (first * second).sum(-1)  # [pairs]
        entailment = self.config.scale * cosine
        constant = torch.full_like(entailment, self.config.scale * self.config.threshold)
        return SequenceClassifierOutput(logits=torch.stack([constant, constant, entailment], dim=-1))

    def embed(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Sentence embeddings [texts, hidden] of length 1: the mean over all tokens, as all-MiniLM-L6-v2 does it."""
        states = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1)
        return torch.nn.functional.normalize(mean, dim=-1)


def split(
    input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor, *, part: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """One half of each pair as a text of its own: ids and mask, `[CLS] ... [SEP]`, padded on the right.

    A pair reads `[CLS] premise [SEP] hypothesis [SEP]`; only the second half lacks its [CLS], which is put in front.
    """
    rows = []
    for ids, mask, kinds in zip(input_ids, attention_mask, token_type_ids, strict=True):
        real = mask.bool()
        half = ids[real & (kinds == part)]
        rows.append(torch.cat([ids[real][:1], half]) if part == 1 else half)
    padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    lengths = torch.tensor([len(row) for row in rows], device=padded.device)
    mask = torch.arange(padded.shape[1], device=padded.device)[None, :] < lengths[:, None]
    return padded, mask.long()


def similarity_config(base: dict) -> dict:
    """The config.json of a similarity folder, made from all-MiniLM-L6-v2's own (`base`, as read from its file).

    Beside it the folder holds that model's unchanged model.safetensors and tokenizer files. Scale and threshold are
    left out, so that the defaults of SimilarityConfig hold for folders made earlier, too.
    """
    ours = {
        "model_type": MODEL_TYPE,
        "architectures": [SimilarityForSequenceClassification.__name__],
        "label2id": dict(LABEL2ID),
        "id2label": {str(number): name for name, number in LABEL2ID.items()},
    }
    dropped = {"_name_or_path", "transformers_version", "gradient_checkpointing", "position_embedding_type"}
    return {key: value for key, value in base.items() if key not in dropped} | ours


def register() -> None:
    """Tell transformers' Auto classes about the model type "course-similarity"; calling it again changes nothing."""
    AutoConfig.register(MODEL_TYPE, SimilarityConfig, exist_ok=True)
    AutoModelForSequenceClassification.register(SimilarityConfig, SimilarityForSequenceClassification, exist_ok=True)


register()
