"""The training of the recipes in two processes on the CPU: the same loss curve and the same weights as in one."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.models

ROOT = Path(__file__).resolve().parents[1]
# An adapter, on 126 texts in batches of 5: parts of 3 and 2 in every step, and in one step a single text, so that a
# process has none. And a model from scratch, whose loss is the mean over the tokens of a batch.
RECIPES = {
    "ner": ["--sentences", "126", "--batch-size", "5", "--report", "1", "--lr", "3e-3"],
    "translation": ["--direction", "en-fr", "--sentences", "500", "--batch-size", "33", "--report", "1"],
}
STEPS = {"ner": 26, "translation": 16}
# What each process worked on is written down beside the checkpoint; the recipe itself runs unchanged.
SCRIPT = """
import json, os, sys
sys.path.insert(0, {recipes!r})
import loop, {name}

seen, judged = [], loop.judged
loop.judged = lambda batch: seen.append(len(batch["input_ids"])) or judged(batch)
if {name!r} == "translation":
    translation.measure = lambda *_: None  # takes longer than the training, and is not what is tested here
{name}.main()
with open(os.path.join({folder!r}, "seen." + os.environ.get("RANK", "alone")), "w") as file:
    json.dump(seen, file)
"""
ONE = [sys.executable]
# "multi_gpu" is accelerate's word for several processes; on a machine without a GPU they need ACCELERATE_USE_CPU.
TWO = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes=2", "--num_machines=1"]
TWO += ["--main_process_port=0", "--mixed_precision=no", "--dynamo_backend=no"]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """The folder of a tiny encoder with random weights, no dropout, and the real tokenizer."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertModel

    from course_utils.models import offline, tasks

    folder = tmp_path_factory.mktemp("base")
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    torch.manual_seed(0)
    BertModel(BertConfig(**sizes, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)).save_pretrained(folder)
    AutoTokenizer.from_pretrained(offline.folder(tasks()["embeddings"].offline)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module", params=RECIPES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def runs(name, base, tmp_path_factory):
    """Folder and output of the training in one process and in two."""
    loopback = next(name for _, name in socket.if_nameindex() if name.startswith("lo"))
    environment = os.environ | {
        "ACCELERATE_USE_CPU": "1",
        "GLOO_SOCKET_IFNAME": loopback,
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": str(ROOT),
    }
    options = RECIPES[name] + (["--base", str(base)] if name == "ner" else [])
    found = []
    for launch in (ONE, TWO):
        folder = tmp_path_factory.mktemp("run")
        script = folder / "script.py"
        script.write_text(SCRIPT.format(recipes=str(ROOT / "recipes"), folder=str(folder), name=name), "utf-8")
        done = subprocess.run(
            [*launch, str(script), "--out", str(folder / "made"), *options],
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found.append((folder, done.stdout))
    return found


def curve(output: str) -> list[float]:
    return [float(loss) for loss in re.findall(r"^step \d+  loss ([\d.]+)", output, re.MULTILINE)]


def test_each_process_works_on_its_own_part_of_every_batch(runs, name):
    (one, _), (two, _) = runs
    # Counted twice a step: the part of this process, and the whole batch.
    seen = [json.loads(path.read_text()) for path in (one / "seen.alone", two / "seen.0", two / "seen.1")]
    alone, first, second = ([*zip(sizes[::2], sizes[1::2], strict=True)] for sizes in seen)
    assert [whole for _, whole in alone] == [whole for _, whole in first] == [whole for _, whole in second]
    assert len(alone) == STEPS[name] and all(part == whole for part, whole in alone)
    assert all(part == -(-whole // 2) for part, whole in first)
    assert all(part == whole // 2 for part, whole in second)


def test_the_loss_curve_is_that_of_one_process(runs, name):
    curves = [curve(output) for _, output in runs]
    assert len(curves[0]) == STEPS[name]  # and so only one of two processes printed
    assert curves[1] == pytest.approx(curves[0], abs=0.001)
    assert curves[0][0] - curves[0][-1] > 0.1


def test_the_checkpoint_is_that_of_one_process(runs, name):
    from safetensors.torch import load_file

    one, two = (load_file(next((folder / "made").glob("*model.safetensors"))) for folder, _ in runs)
    assert one.keys() == two.keys() and len(one) > 10
    tolerance = {"ner": 1e-5, "translation": 1e-3}[name]  # the second is saved in half precision
    assert max((one[key].float() - two[key].float()).abs().max().item() for key in one) < tolerance


def test_only_the_first_process_prints(runs):
    for _, output in runs:
        assert output.count("CPU seconds") == 1
        assert len(re.findall(r"126 training texts|500 sentence pairs", output)) == 1


def test_only_the_first_process_writes(monkeypatch, tmp_path):
    import lora

    monkeypatch.setenv("RANK", "1")
    lora.save(None, tmp_path / "adapter")  # any use of the model would fail
    assert not (tmp_path / "adapter").exists()
    monkeypatch.setenv("RANK", "0")
    with pytest.raises(AttributeError):
        lora.save(None, tmp_path / "adapter")
