"""What each checkpoint of the Hub in the catalogue truly is: architecture, sizes, kind of tokenizer, labels.

The true number of parameters, computed from these sizes, must be the catalogue's (`test_faithful_hub.py`), so a wrong
layer count, width or vocabulary cannot stay. `faithful_hub.py` builds small copies out of this table.
"""

from dataclasses import dataclass, field, replace

COCO = """N/A,person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,N/A,stop sign,
parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,N/A,backpack,umbrella,N/A,N/A,handbag,tie,
suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,
N/A,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,
couch,potted plant,bed,N/A,dining table,N/A,N/A,toilet,N/A,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,
toaster,sink,refrigerator,N/A,book,clock,vase,scissors,teddy bear,hair drier,toothbrush""".replace("\n", "").split(",")


def _names(text: str) -> list[str]:
    return text.split()


COMMANDS = _names(
    "backward follow five bed zero on learn two house tree dog stop seven eight down six forward cat right visual four "
    "wow no nine off three left marvin yes up sheila happy bird go one"
)
ENTITIES = _names("O B-MISC I-MISC B-PER I-PER B-ORG I-ORG B-LOC I-LOC")
WORD_CLASSES = _names("ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X")
# The thousand names are in no package of the course; these few are what its pictures show.
PICTURES = {
    **{0: "tench, Tinca tinca", 1: "goldfish, Carassius auratus", 207: "golden retriever", 281: "tabby, tabby cat"},
    **{282: "tiger cat", 285: "Egyptian cat", 287: "lynx, catamount", 291: "lion, king of beasts, Panthera leo"},
}
IMAGENET = [PICTURES.get(number, f"LABEL_{number}") for number in range(1000)]


@dataclass(frozen=True)
class Truth:
    """`model` is the class in `config.json`, `sizes` what of its configuration counts; `tokenizer` and `processor` name
    a maker in `faithful_tokenizers.py` and `faithful_hub.py`, `longest` is the tokenizer's `model_max_length`.

    `stored_besides` are numbers in the weights file that are no parameters; `shards` is how many weights files;
    `besides` are further files there that the course has no use for.
    """

    model: str
    kind: str
    sizes: dict
    tokenizer: str = ""
    longest: int | None = None
    labels: list[str] = field(default_factory=list)
    processor: str = ""
    generation: dict = field(default_factory=dict)
    stored_besides: int = 0
    shards: int = 1
    besides: tuple[str, ...] = ()


def _bert(hidden: int, layers: int, heads: int, vocabulary: int) -> dict:
    return {
        **{"hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads},
        **{"intermediate_size": 4 * hidden, "vocab_size": vocabulary, "max_position_embeddings": 512},
    }


def _gpt2(layers: int, vocabulary: int = 50257) -> dict:
    return {"n_embd": 768, "n_layer": layers, "n_head": 12, "n_positions": 1024, "vocab_size": vocabulary}


def _both(width: int, encoder: int, decoder: int, heads: int, feed_forward: int, vocabulary: int) -> dict:
    return {
        **{"d_model": width, "encoder_layers": encoder, "decoder_layers": decoder, "vocab_size": vocabulary},
        **{"encoder_attention_heads": heads, "decoder_attention_heads": heads},
        **{"encoder_ffn_dim": feed_forward, "decoder_ffn_dim": feed_forward},
    }


def _llama(hidden: int, layers: int, heads: tuple[int, int], feed_forward: int, vocabulary: int, longest: int, **other):
    return {
        **{"hidden_size": hidden, "num_hidden_layers": layers, "intermediate_size": feed_forward},
        **{"num_attention_heads": heads[0], "num_key_value_heads": heads[1], "vocab_size": vocabulary},
        **{"max_position_embeddings": longest, "tie_word_embeddings": True, **other},
    }


DISTILBERT = {"dim": 768, "n_layers": 6, "n_heads": 12, "hidden_dim": 3072, "max_position_embeddings": 512}
UNCASED, CASED = {**DISTILBERT, "vocab_size": 30522}, {**DISTILBERT, "vocab_size": 28996}
BART = {**_both(1024, 12, 12, 16, 4096, 50265), "max_position_embeddings": 1024}
MARIAN = {
    **_both(512, 6, 6, 8, 2048, 59514),
    **{"max_position_embeddings": 512, "static_position_embeddings": True, "scale_embedding": True},
    **{"activation_function": "swish", "share_encoder_decoder_embeddings": True},
}
BEAMS = {"num_beams": 4, "max_length": 512}
SAMPLED = {"do_sample": True, "temperature": 0.7, "top_p": 0.8, "top_k": 20, "repetition_penalty": 1.1}
SMOLLM = _llama(960, 32, (15, 5), 2560, 49152, 8192, rope_parameters={"rope_type": "default", "rope_theta": 1e5})
MILLION = {"rope_type": "default", "rope_theta": 1e6}

_sound = {"max_source_positions": 1500, "max_target_positions": 448}
_vit = {
    **{"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072},
    "patch_size": 16,
}
_smolvlm = {
    "text_config": _llama(
        *(576, 30, (9, 3), 1536, 49280, 8192),
        **{"model_type": "llama", "tie_word_embeddings": False, "rope_parameters": SMOLLM["rope_parameters"]},
    ),
    "vision_config": {**_vit, "image_size": 512, "model_type": "idefics3_vision"},
    "scale_factor": 4,
    "tie_word_embeddings": False,
}

_gpt = Truth("GPT2LMHeadModel", "gpt2", _gpt2(12), "gpt2", 1024)
_t5 = {"d_model": 512, "d_ff": 2048, "d_kv": 64, "num_layers": 6, "num_heads": 8, "vocab_size": 32128}

TRUTH = {
    "distilbert/distilbert-base-uncased-finetuned-sst-2-english": Truth(
        "DistilBertForSequenceClassification", "distilbert", UNCASED, "uncased", 512, ["NEGATIVE", "POSITIVE"]
    ),
    "facebook/bart-large-mnli": Truth(
        *("BartForSequenceClassification", "bart", BART, "roberta", 1024, ["contradiction", "neutral", "entailment"]),
        stored_besides=2,  # fairseq's version numbers, one in the encoder, one in the decoder
    ),
    "openai-community/gpt2": _gpt,
    "dbmdz/german-gpt2": replace(_gpt, sizes=_gpt2(12, 50265)),
    "HuggingFaceTB/SmolLM2-360M-Instruct": Truth("LlamaForCausalLM", "llama", SMOLLM, "smollm-chat", 8192),
    "Qwen/Qwen2.5-1.5B-Instruct": Truth(
        *("Qwen2ForCausalLM", "qwen2", _llama(1536, 28, (12, 2), 8960, 151936, 32768, rope_parameters=MILLION)),
        *("qwen-chat", 131072),
        generation=SAMPLED,
    ),
    "Qwen/Qwen3-4B-Instruct-2507": Truth(
        *("Qwen3ForCausalLM", "qwen3"),
        _llama(
            *(2560, 36, (32, 8), 9728, 151936, 262144),
            **{"head_dim": 128, "rope_parameters": {"rope_type": "default", "rope_theta": 5e6}},
        ),
        *("qwen3-chat", 1010000),
        generation={"do_sample": True, "temperature": 0.7, "top_p": 0.8, "top_k": 20},
        shards=3,
    ),
    "Qwen/Qwen2.5-7B-Instruct": Truth(
        *("Qwen2ForCausalLM", "qwen2"),
        _llama(3584, 28, (28, 4), 18944, 152064, 32768, tie_word_embeddings=False, rope_parameters=MILLION),
        *("qwen-chat", 131072),
        generation={**SAMPLED, "repetition_penalty": 1.05},
        shards=4,
    ),
    "distilbert/distilroberta-base": Truth(
        *("RobertaForMaskedLM", "roberta"),
        {**_bert(768, 6, 12, 50265), "max_position_embeddings": 514, "type_vocab_size": 1},
        *("roberta", 512),
    ),
    "google-bert/bert-base-cased": Truth("BertForMaskedLM", "bert", _bert(768, 12, 12, 28996), "cased", 512),
    "google-bert/bert-base-uncased": Truth("BertForMaskedLM", "bert", _bert(768, 12, 12, 30522), "uncased", 512),
    "dbmdz/bert-large-cased-finetuned-conll03-english": Truth(
        "BertForTokenClassification", "bert", _bert(1024, 24, 16, 28996), "cased", 512, ENTITIES
    ),
    "dslim/bert-base-NER": Truth(
        "BertForTokenClassification", "bert", _bert(768, 12, 12, 28996), "cased", 512, ENTITIES
    ),
    "vblagoje/bert-english-uncased-finetuned-pos": Truth(
        "BertForTokenClassification", "bert", _bert(768, 12, 12, 30522), "uncased", 512, WORD_CLASSES
    ),
    "distilbert/distilbert-base-cased-distilled-squad": Truth(
        "DistilBertForQuestionAnswering", "distilbert", CASED, "cased", 512
    ),
    "distilbert/distilbert-base-cased": Truth("DistilBertModel", "distilbert", CASED, "cased", 512),
    "google-t5/t5-small": Truth("T5ForConditionalGeneration", "t5", _t5, "t5", 512),
    "Helsinki-NLP/opus-mt-fr-en": Truth("MarianMTModel", "marian", MARIAN, "marian", 512, generation=BEAMS),
    "google/vit-base-patch16-224": Truth(
        "ViTForImageClassification", "vit", {**_vit, "image_size": 224}, labels=IMAGENET, processor="vit"
    ),
    "openai/whisper-base": Truth(
        *("WhisperForConditionalGeneration", "whisper"),
        {**_both(512, 6, 6, 8, 2048, 51865), "num_mel_bins": 80, **_sound},
        *("whisper-99", 1024),
        processor="whisper",
        generation={"alignment_heads": [[3, 1], [4, 2], [4, 3], [4, 7], [5, 1], [5, 2], [5, 4], [5, 6]]},
    ),
    "openai/whisper-large-v3": Truth(
        *("WhisperForConditionalGeneration", "whisper"),
        {**_both(1280, 32, 32, 20, 5120, 51866), "num_mel_bins": 128, **_sound},
        *("whisper-100", 1024),
        processor="whisper",
        generation={"alignment_heads": [[7, 0], [10, 17], [12, 18], [13, 12], [16, 1], [17, 14], [19, 11], [21, 4]]},
        # the same weights again, in float32: six gigabytes
        besides=("model.fp32-00001-of-00002.safetensors", "model.fp32-00002-of-00002.safetensors"),
    ),
    "hustvl/yolos-tiny": Truth(
        *("YolosForObjectDetection", "yolos"),
        {
            **{"hidden_size": 192, "num_hidden_layers": 12, "num_attention_heads": 3, "intermediate_size": 768},
            **{"image_size": [800, 1333], "patch_size": 16, "num_detection_tokens": 100},
            "use_mid_position_embeddings": False,
        },
        labels=COCO,
        processor="yolos",
    ),
    "HuggingFaceTB/SmolVLM-256M-Instruct": Truth(
        *("Idefics3ForConditionalGeneration", "idefics3", _smolvlm, "smolvlm", 8192), processor="smolvlm"
    ),
    "MIT/ast-finetuned-speech-commands-v2": Truth(
        *("ASTForAudioClassification", "audio-spectrogram-transformer"),
        {**_vit, "max_length": 128, "num_mel_bins": 128, "frequency_stride": 10, "time_stride": 10},
        labels=COMMANDS,
        processor="ast",
    ),
    "facebook/mms-tts-eng": Truth(
        "VitsModel",
        "vits",
        {
            **{"hidden_size": 192, "num_hidden_layers": 6, "num_attention_heads": 2, "ffn_dim": 768, "vocab_size": 38},
            **{"window_size": 4, "flow_size": 192, "spectrogram_bins": 513, "upsample_initial_channel": 512},
            "sampling_rate": 16000,
        },
        "vits",
    ),
}
