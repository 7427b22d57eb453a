"""Tokenizers of the same kind as those on the Hub, with the same special tokens, learned from the course's own text.

Each maker writes the files that the repository on the Hub has, in the form that it has there, and returns the number of
tokens and the ids of the special ones. Only the vocabulary is small.
"""

import functools
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
BYTE_TOKENS, PIECES = 9000, 8000  # as many as it takes: 08 relies on words of one token each
CHATML = (
    "{%- if messages[0]['role'] != 'system' %}{{- '<|im_start|>system\n@SYSTEM@<|im_end|>\n' }}{%- endif %}"
    "{%- for message in messages %}{{- '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}"
)
SMOLLM = CHATML.replace("@SYSTEM@", "You are a helpful AI assistant named SmolLM, trained by Hugging Face")
QWEN = CHATML.replace("@SYSTEM@", "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.")
QWEN3 = CHATML[CHATML.index("{%- for") :]
SMOLVLM = (
    "<|im_start|>{% for message in messages %}{{ message['role'] | capitalize }}"
    "{% if message['content'][0]['type'] == 'image' %}{{ ':' }}{% else %}{{ ': ' }}{% endif %}"
    "{% for line in message['content'] %}{% if line['type'] == 'text' %}{{ line['text'] }}"
    "{% elif line['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}<end_of_utterance>\n"
    "{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)


@functools.cache
def text() -> tuple[str, ...]:
    """The lines that every tokenizer learns from."""
    files = [*(ROOT / "notebooks" / "source").glob("*.md"), *(ROOT / "course_utils" / "samples").rglob("*.txt")]
    return tuple(line for file in sorted(files) for line in file.read_text(encoding="utf-8").splitlines())


def write(folder: Path, name: str, value: object) -> None:
    body = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    (folder / name).write_text(body, encoding="utf-8")


def _save(folder: Path, tokenizer, **settings) -> None:
    """`tokenizer.json`, and `tokenizer_config.json` with no more than what it holds on the Hub."""
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    write(folder, "tokenizer_config.json", settings)


def words(tokens: list[str], start: str) -> list[int]:
    """The numbers of the tokens that are whole words: `start` is what marks the beginning of one."""
    return [number for number, token in enumerate(tokens) if re.fullmatch(f"{start}[a-z]{{3,}}", token)]


# --- WordPiece --------------------------------------------------------------------------------------------


@functools.cache
def _pieces(lower: bool) -> tuple[str, ...]:
    from tokenizers import BertWordPieceTokenizer

    learner = BertWordPieceTokenizer(lowercase=lower)
    learner.train_from_iterator(text(), vocab_size=PIECES, show_progress=False)
    learned = sorted(learner.get_vocab(), key=learner.get_vocab().get)
    special = ["[UNK]", "[CLS]", "[SEP]", "[MASK]"]  # from number 100 on, as in BERT's own file
    unused = [f"[unused{number}]" for number in range(99)]
    return ("[PAD]", *unused, *special, *(piece for piece in learned if piece not in {"[PAD]", *special}))


def wordpiece(folder: Path, longest: int, *, lower: bool) -> dict:
    from transformers import BertTokenizer

    pieces = _pieces(lower)
    tokenizer = BertTokenizer(vocab={piece: number for number, piece in enumerate(pieces)}, do_lower_case=lower)
    _save(folder, tokenizer, do_lower_case=lower, model_max_length=longest)
    write(folder, "vocab.txt", "\n".join(pieces) + "\n")
    return {"vocab_size": len(pieces), "pad_token_id": 0, "words": words(list(pieces), "")}


# --- BPE of bytes -----------------------------------------------------------------------------------------


@functools.cache
def _bytes() -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The tokens and the merges, without any special token."""
    from tokenizers import ByteLevelBPETokenizer

    learner = ByteLevelBPETokenizer()
    learner.train_from_iterator(text(), vocab_size=BYTE_TOKENS, min_frequency=1, show_progress=False)
    saved = json.loads(learner._tokenizer.to_str())["model"]
    return tuple(sorted(saved["vocab"], key=saved["vocab"].get)), tuple(tuple(merge) for merge in saved["merges"])


def _bpe(folder: Path, family: str, before: list[str], after: list[str], special: dict, **settings) -> dict:
    """A byte-level BPE with tokens `before` and `after` the learned ones; `special` names the roles of some."""
    import transformers

    tokens, merges = _bytes()
    tokens = [*before, *tokens, *after]
    numbers = {token: number for number, token in enumerate(tokens)}
    tokenizer = getattr(transformers, family)(vocab=numbers, merges=list(merges), **special)
    tokenizer.add_special_tokens({"additional_special_tokens": [t for t in (*before, *after) if t.startswith("<")]})
    assert len(tokenizer) == len(tokens), f"{family} added tokens of its own"
    _save(folder, tokenizer, **settings)
    write(folder, "vocab.json", numbers)
    write(folder, "merges.txt", "#version: 0.2\n" + "\n".join(" ".join(merge) for merge in merges) + "\n")
    ids = {role.replace("_token", "_token_id"): numbers[token] for role, token in special.items() if token in numbers}
    made = {"vocab_size": len(tokens), "words": words(tokens, "Ġ")}
    return {**made, **{role: ids[role] for role in ids if role[:3] in ("bos", "eos", "pad")}}


def gpt2(folder: Path, longest: int) -> dict:
    """No padding token: that is GPT-2's own."""
    made = _bpe(folder, "GPT2Tokenizer", [], ["<|endoftext|>"], {}, model_max_length=longest)
    return {**made, "bos_token_id": made["vocab_size"] - 1, "eos_token_id": made["vocab_size"] - 1}


def roberta(folder: Path, longest: int) -> dict:
    first = ["<s>", "<pad>", "</s>", "<unk>"]
    _bpe_made = _bpe(folder, "RobertaTokenizer", first, ["<mask>"], {}, model_max_length=longest)
    return {**_bpe_made, "bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}


def _chat(folder: Path, longest: int, *, kind: str, first=(), last=(), template="", **special) -> dict:
    roles = {role: token for role, token in special.items() if token}
    settings = {**special, "model_max_length": longest, "tokenizer_class": kind, "clean_up_tokenization_spaces": False}
    if template:
        settings["chat_template"] = template
    return _bpe(folder, kind, list(first), list(last), roles, **settings)


_SMOL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<repo_name>", "<reponame>", "<file_sep>", "<filename>"]
_BASE = {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
_TURNS = {
    **{"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|im_end|>"},
    "unk_token": "<|endoftext|>",
}
_PARTS = [
    *("<fake_token_around_image>", "<image>", "<global-img>"),
    *(f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)),
    "<end_of_utterance>",
]
_QWEN = {"bos_token": None, "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "unk_token": None}
_QWEN_LAST = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
_chatting = functools.partial(_chat, kind="GPT2Tokenizer", first=_SMOL, **_TURNS)
_qwen = functools.partial(_chat, kind="Qwen2Tokenizer", last=_QWEN_LAST, **_QWEN)


def smolvlm(folder: Path, longest: int) -> dict:
    made = _chatting(folder, longest, last=_PARTS, eos_token="<end_of_utterance>")
    write(folder, "chat_template.json", {"chat_template": SMOLVLM})
    image = len(_bytes()[0]) + len(_SMOL) + _PARTS.index("<image>")
    assert json.loads((folder / "vocab.json").read_text(encoding="utf-8"))["<image>"] == image
    return {**made, "image_token_id": image}


def whisper(folder: Path, _longest: None, *, languages: int) -> dict:
    from transformers.models.whisper.tokenization_whisper import LANGUAGES

    names = [f"<|{code}|>" for code in list(LANGUAGES)[:languages]]
    tasks = ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
    times = [f"<|{number * 0.02:.2f}|>" for number in range(1501)]
    last = ["<|endoftext|>", "<|startoftranscript|>", *names, *tasks, *times]
    settings = {"tokenizer_class": "WhisperTokenizer", "pad_token": "<|endoftext|>", "model_max_length": 1024, **_BASE}
    made = _bpe(folder, "WhisperTokenizer", [], last, {"pad_token": "<|endoftext|>"}, **settings)
    write(folder, "normalizer.json", {"colour": "color"})
    number = {token: len(_bytes()[0]) + place for place, token in enumerate(last)}
    end, start = number["<|endoftext|>"], number["<|startoftranscript|>"]
    ends = {"bos_token_id": end, "eos_token_id": end, "pad_token_id": end, "decoder_start_token_id": start}
    generation = {
        "is_multilingual": True,
        "lang_to_id": {name: number[name] for name in names},
        "task_to_id": {"translate": number["<|translate|>"], "transcribe": number["<|transcribe|>"]},
        "no_timestamps_token_id": number["<|notimestamps|>"],
        "prev_sot_token_id": number["<|startofprev|>"],
        "max_initial_timestamp_index": 50,
        "max_length": 448,
        "begin_suppress_tokens": [_bytes()[0].index("Ġ"), end],
        "suppress_tokens": [start, *(number[name] for name in tasks[:5])],
        "return_timestamps": False,
    }
    return {**made, **ends, "generation": generation}


# --- pieces of SentencePiece, and letters -----------------------------------------------------------------


def t5(folder: Path, longest: int) -> dict:
    from tokenizers import SentencePieceUnigramTokenizer
    from transformers import T5Tokenizer

    learner = SentencePieceUnigramTokenizer()
    special = ["<pad>", "</s>", "<unk>"]
    learner.train_from_iterator(text(), vocab_size=2000, special_tokens=special, unk_token="<unk>", show_progress=False)
    pieces = [tuple(piece) for piece in json.loads(learner._tokenizer.to_str())["model"]["vocab"]]
    extra = [f"<extra_id_{number}>" for number in range(100)]
    tokenizer = T5Tokenizer(vocab=[*pieces, *((name, 0.0) for name in reversed(extra))])
    ends = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    settings = {**ends, "extra_ids": 100, "additional_special_tokens": extra, "model_max_length": longest}
    _save(folder, tokenizer, **settings, tokenizer_class="T5Tokenizer")
    made = {"vocab_size": len(tokenizer), "words": words([piece for piece, _ in pieces], "▁")}
    return {**made, "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}


@functools.cache
def _sentencepiece() -> bytes:
    import sentencepiece

    model, lines = io.BytesIO(), [line for line in text() if line.strip()]
    ends = {"bos_id": -1, "eos_id": 0, "unk_id": 1}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, vocab_size=2000, minloglevel=2, **ends
    )
    return model.getvalue()


def marian(folder: Path, _longest: int) -> dict:
    """Two SentencePiece models beside one list of pieces, whose last is the padding: no `tokenizer.json`."""
    import sentencepiece

    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(_sentencepiece())
    model = sentencepiece.SentencePieceProcessor(model_proto=_sentencepiece())
    pieces = [*(model.id_to_piece(number) for number in range(len(model))), "<pad>"]
    write(folder, "vocab.json", {piece: number for number, piece in enumerate(pieces)})
    write(folder, "tokenizer_config.json", {"target_lang": "en", "source_lang": "fr"})
    pad = len(pieces) - 1
    made = {"vocab_size": len(pieces), "words": words(pieces, "▁")}
    return {**made, "eos_token_id": 0, "pad_token_id": pad, "decoder_start_token_id": pad}


def vits(folder: Path, _longest: None) -> dict:
    """Letters, with the padding between any two of them: 38, as there."""
    letters = [*"k'z_yuda 0123456h-bjlmnopqrstvwxgefic", "–"]
    assert len(set(letters)) == 38, sorted(letters)
    write(folder, "vocab.json", {letter: number for number, letter in enumerate(letters)})
    settings = {"add_blank": True, "is_uroman": False, "language": "eng", "normalize": True, "pad_token": "k"}
    write(folder, "tokenizer_config.json", {**settings, "phonemize": False, "tokenizer_class": "VitsTokenizer"})
    write(folder, "added_tokens.json", {"<unk>": 38})
    return {"vocab_size": 38}


MAKERS: dict[str, Callable[..., dict]] = {
    "uncased": functools.partial(wordpiece, lower=True),
    "cased": functools.partial(wordpiece, lower=False),
    "gpt2": gpt2,
    "roberta": roberta,
    "smollm": functools.partial(_chat, kind="GPT2Tokenizer", first=_SMOL, **_BASE),
    "smollm-chat": functools.partial(_chatting, template=SMOLLM),
    "qwen-chat": functools.partial(_qwen, template=QWEN),
    "qwen3-chat": functools.partial(_qwen, template=QWEN3),
    "smolvlm": smolvlm,
    "whisper-99": functools.partial(whisper, languages=99),
    "whisper-100": functools.partial(whisper, languages=100),
    "t5": t5,
    "marian": marian,
    "vits": vits,
}
