"""Load and use every checkpoint of the catalogue that needs no Hub, one after another, in one process.

    python tests/all_tasks.py             peak memory with and without release(), and the ratio
    python tests/all_tasks.py release     one of the two, in this process

Each task runs through the real API, as in the notebooks, with the longest input a notebook gives it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

TEXT = "My name is Sylvain and I work at Hugging Face in Brooklyn."


def use(name: str) -> tuple[object, object]:
    """A loaded task and what it said."""
    import numpy
    from PIL import Image
    from transformers import AutoModelForQuestionAnswering, AutoModelForSeq2SeqLM, AutoTokenizer, pipeline
    from transformers.pipelines import get_supported_tasks

    from course_utils import checkpoint, tasks

    found, kind = checkpoint(name), tasks()[name].pipeline
    architectures = json.loads((Path(found.path) / "config.json").read_text(encoding="utf-8"))["architectures"]
    decoder = "CausalLM" in architectures[0]
    if kind == "text-generation" or decoder:
        loaded = pipeline("text-generation", **found)
        return loaded, loaded("In this course, " * 60, max_new_tokens=20, do_sample=False)
    if kind == "zero-shot-classification":
        loaded = pipeline(kind, **found)
        return loaded, loaded(TEXT, candidate_labels=["work", "sport"])
    if kind == "fill-mask":
        loaded = pipeline(kind, **found)
        return loaded, loaded(f"I ate an {loaded.tokenizer.mask_token} for lunch.")
    if kind in ("image-classification", "object-detection"):
        loaded = pipeline(kind, **found)
        return loaded, loaded(Image.new("RGB", (64, 64), "white"))
    if kind in ("automatic-speech-recognition", "audio-classification"):
        loaded = pipeline(kind, **found)
        sound = numpy.sin(numpy.arange(10 * 16000) / 20).astype("float32")
        return loaded, loaded({"raw": sound, "sampling_rate": 16000})
    if kind in get_supported_tasks():
        loaded = pipeline(kind, **found)
        return loaded, loaded(TEXT)
    # Those whose pipelines transformers 5 took away.
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    if kind == "question-answering":
        model = AutoModelForQuestionAnswering.from_pretrained(found.path, dtype=found.dtype)
        return model, model(**tokenizer("Where do I work?", TEXT, return_tensors="pt")).start_logits.tolist()
    model = AutoModelForSeq2SeqLM.from_pretrained(found.path, dtype=found.dtype)
    return model, tokenizer.decode(model.generate(**tokenizer("You like this course.", return_tensors="pt"))[0])


def run_all(keep: bool) -> dict:
    """Use every task; returns the peak memory in GB and how many tasks there were."""
    from course_utils import release, setup, tasks
    from course_utils.authoring.notebooks import peak_memory

    setup()
    kept, names = [], [name for name, task in tasks().items() if task.offline]
    for name in names:
        loaded, said = use(name)
        assert said, name
        if keep:
            kept.append(loaded)
        del loaded
        release()
    return {"tasks": len(names), "peak": peak_memory(os.getpid()) / 1e9}


def in_a_process(how: str) -> dict:
    """`run_all` in a Python of its own, offline."""
    environment = {**os.environ, "COURSE_MODELS": "offline"}
    done = subprocess.run([sys.executable, __file__, how], env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(run_all(keep=sys.argv[1] == "keep")))
    else:
        released, kept = in_a_process("release"), in_a_process("keep")
        print(f"{released['tasks']} tasks, one after another: {released['peak']:.2f} GB at the peak")
        print(f"all of them kept: {kept['peak']:.2f} GB, {kept['peak'] / released['peak']:.1f} times as much")
