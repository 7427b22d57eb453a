"""The Hub for tests is faithful: the true sizes give the catalogue's number of parameters, and every checkpoint loads
and works the way a learner loads it, with the layers, heads, labels and kind of tokenizer that it truly has."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from faithful_child import PARTS, SIZES, kind
from faithful_hub import build, configuration, faithful_hub
from faithful_truth import TRUTH, Truth
from loopback_hub import environment

from course_utils.models import catalog

ROWS = {row.repo: (name, row) for name, task in catalog.tasks().items() for row in task.hubs}
LOADED = [repo for repo, (_, row) in ROWS.items() if row.safetensors]
# Class, whether it lowers, mask, padding, end, beginning, a word: see `kind`.
BPE, END, TURN = "GPT2Tokenizer", "<|endoftext|>", "<|im_end|>"
SPOKEN = ["WhisperTokenizer", False, None, END, END, END, f"<|startoftranscript|> <|notimestamps|> a {END}"]
KINDS = {
    "uncased": ["BertTokenizer", True, "[MASK]", "[PAD]", None, None, "[CLS] a [SEP]"],
    "cased": ["BertTokenizer", False, "[MASK]", "[PAD]", None, None, "[CLS] a [SEP]"],
    "gpt2": [BPE, False, None, None, END, END, "a"],
    "roberta": ["RobertaTokenizer", False, "<mask>", "<pad>", "</s>", "<s>", "<s> a </s>"],
    "smollm": [BPE, False, None, None, END, END, "a"],
    "smollm-chat": [BPE, False, None, TURN, TURN, "<|im_start|>", "a"],
    "qwen-chat": ["Qwen2Tokenizer", False, None, END, TURN, None, "a"],
    "qwen3-chat": ["Qwen2Tokenizer", False, None, END, TURN, None, "a"],
    "smolvlm": [BPE, False, None, TURN, "<end_of_utterance>", "<|im_start|>", "a"],
    "whisper-99": SPOKEN,
    "whisper-100": SPOKEN,
    "t5": ["T5Tokenizer", False, None, "<pad>", "</s>", None, "▁a </s>"],
    "marian": ["MarianTokenizer", False, None, "<pad>", "</s>", None, "▁a </s>"],
    "vits": ["VitsTokenizer", True, None, "k", None, None, "k a k"],
}

# The sizes of the true vocabularies, by which `TRUTH` itself is held to the right kind.
VOCABULARIES = {
    **{"uncased": [30522], "cased": [28996], "gpt2": [50257, 50265], "roberta": [50265], "t5": [32128]},
    **{"smollm": [49152], "smollm-chat": [49152], "qwen-chat": [151936, 152064], "qwen3-chat": [151936]},
    **{"smolvlm": [49280], "whisper-99": [51865], "whisper-100": [51866], "marian": [59514], "vits": [38]},
}


# --- the table --------------------------------------------------------------------------------------------


def parameters(truth: Truth) -> int:
    """The numbers in the true weights file: tied weights once. Nothing is stored, only shapes."""
    import torch
    import transformers

    with torch.device("meta"):
        model = getattr(transformers, truth.model)(configuration(truth))
    return sum(weight.numel() for weight in model.parameters()) + truth.stored_besides


def test_the_table_has_every_row_of_the_catalogue_and_no_other():
    assert set(TRUTH) == set(ROWS)


@pytest.mark.parametrize("repo", ROWS)
def test_the_true_sizes_give_the_number_of_parameters(repo):
    assert parameters(TRUTH[repo]) == ROWS[repo][1].parameters


@pytest.mark.parametrize("repo", [repo for repo, truth in TRUTH.items() if truth.tokenizer])
def test_the_kind_of_tokenizer_belongs_to_the_true_vocabulary(repo):
    sizes = TRUTH[repo].sizes
    assert sizes.get("text_config", sizes)["vocab_size"] in VOCABULARIES[TRUTH[repo].tokenizer]


@pytest.mark.parametrize(
    ("repo", "wrong"),
    [
        ("openai-community/gpt2", {"n_layer": 11}),
        ("Qwen/Qwen2.5-1.5B-Instruct", {"num_key_value_heads": 4}),
        ("google-bert/bert-base-cased", {"vocab_size": 30522}),
    ],
)
def test_a_wrong_size_is_noticed(repo, wrong):
    truth = TRUTH[repo]
    assert parameters(replace(truth, sizes={**truth.sizes, **wrong})) != ROWS[repo][1].parameters


@pytest.mark.parametrize(("right", "wrong"), [("uncased", "cased"), ("gpt2", "roberta"), ("smollm-chat", "smollm")])
def test_a_wrong_kind_of_tokenizer_is_noticed(right, wrong, tmp_path):
    from transformers import AutoTokenizer

    repo = next(repo for repo, truth in TRUTH.items() if truth.tokenizer == right)
    for name in (right, wrong):
        folder = build(repo, tmp_path / name, truth=replace(TRUTH[repo], tokenizer=name))
        assert (kind(AutoTokenizer.from_pretrained(folder)) == KINDS[right]) is (name == right)


# --- the Hub ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def loaded(tmp_path_factory, repositories):
    """What a learner's process finds on this Hub, row by row, and what it asked the Hub for."""
    home = tmp_path_factory.mktemp("home")
    script = Path(__file__).with_name("faithful_child.py")
    asked = json.dumps([(ROWS[repo][0], repo) for repo in LOADED])
    with faithful_hub(folder=repositories) as server:
        settings = {"HF_ENDPOINT": server.url, "HF_HOME": str(home), "COURSE_MODELS": "hub"}
        done = subprocess.run(
            [sys.executable, str(script), asked],
            env=environment(**settings, COURSE_DEVICE="cpu"),
            capture_output=True,
            text=True,
            timeout=300,
            encoding="utf-8",
        )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1]), server.requests


@pytest.mark.slow
@pytest.mark.parametrize("repo", LOADED)
def test_it_loads_and_works_as_the_true_one_would(loaded, repo):
    found, truth = loaded[0][repo], TRUTH[repo]
    assert "error" not in found, found
    assert found["model"] == truth.model and found["said"]
    assert Path(found["path"]).name == ROWS[repo][1].revision
    assert ROWS[repo][1].repo.split("/")[1] in found["line"]
    assert agrees(found["sizes"], truth.sizes), found["sizes"]
    assert found["labels"] == truth.labels or not truth.labels
    assert found["kind"] == KINDS.get(truth.tokenizer)
    assert found["longest"] == truth.longest or truth.longest is None
    assert found["chats"] is ("chat" in truth.tokenizer)


def agrees(found: dict, true: dict) -> bool:
    """Whether each true size that no width changes is found, in the parts of a model too."""
    return all(
        agrees(found[name], value) if name in PARTS else found[name] == value
        for name, value in true.items()
        if name in PARTS or SIZES.search(name)
    )


@pytest.mark.slow
@pytest.mark.parametrize("repo", LOADED)
def test_it_has_the_true_number_of_layers(loaded, repo):
    """Counted in the weights that were loaded, not read in their configuration."""
    sizes = TRUTH[repo].sizes
    parts = [sizes[part] for part in PARTS if part in sizes] or [sizes]
    names = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "encoder_layers", "decoder_layers")
    true = Counter(part[name] for part in parts for name in names if name in part)
    true += true if TRUTH[repo].kind == "t5" else Counter()  # its encoder and its decoder have one size
    assert true <= Counter(loaded[0][repo]["stacks"])


@pytest.mark.slow
def test_only_what_the_course_uses_is_downloaded(loaded):
    unwanted = [line for line in loaded[1] if line.startswith("GET") and line.endswith((".bin", ".h5", ".onnx"))]
    assert unwanted == []
