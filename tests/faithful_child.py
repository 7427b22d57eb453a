"""Load checkpoints of the Hub as a learner does, use each once, and print as JSON what it is.

    HF_ENDPOINT=… COURSE_MODELS=hub python tests/faithful_child.py '[["sentiment", "owner/name"], …]'

Run by `test_faithful_hub.py` in a fresh process: the address of the Hub is read when the client is imported.
"""

import json
import re
import sys
import traceback

import all_tasks
import numpy
from PIL import Image

import course_utils
from course_utils import checkpoint, release, setup, tasks
from course_utils.models import checkpoints

SIZES = re.compile(r"layers?$|_heads?$|^num_labels$|max_position_embeddings|_positions$|^(patch|image)_size$")
PARTS = ("text_config", "vision_config")


def sizes(config) -> dict:
    """The sizes in a configuration that no width changes."""
    mine = {name: getattr(config, name) for name in (*config.to_dict(), "num_labels") if SIZES.search(name)}
    return mine | {part: sizes(getattr(config, part)) for part in PARTS if hasattr(config, part)}


def stacks(model) -> list[int]:
    """How many layers each stack of the model has, read off the names of its weights."""
    counted: dict[str, int] = {}
    for name in model.state_dict():
        for match in re.finditer(r"(?:layers?|\bh|blocks?)\.(\d+)\.", name):
            stack = name[: match.start(1)]
            counted[stack] = max(counted.get(stack, 0), int(match[1]) + 1)
    return sorted(counted.values())


def kind(tokenizer) -> list:
    """What tells one kind of tokenizer from another: class, whether it lowers, mask, padding, end, beginning, and what
    it puts around a word."""
    said = tokenizer.decode(tokenizer("Paris")["input_ids"], skip_special_tokens=True)
    names = [getattr(tokenizer, f"{role}_token") for role in ("mask", "pad", "eos", "bos")]
    around = tokenizer.convert_ids_to_tokens(tokenizer("a")["input_ids"])
    return [type(tokenizer).__name__, "P" not in said, *names, " ".join(around)]


def use(task: str, found) -> tuple[object, object, object]:
    """What was loaded, its tokenizer if it has one, and what it said."""
    from transformers import AutoTokenizer, Pipeline, pipeline

    pipe = tasks()[task].pipeline
    if pipe == "image-text-to-text":
        loaded = pipeline(pipe, **found)
        picture = {"type": "image", "image": Image.new("RGB", (96, 64), "white")}
        turn = {"role": "user", "content": [picture, {"type": "text", "text": "What is it?"}]}
        return loaded, loaded.processor.tokenizer, loaded(text=[turn], max_new_tokens=5)
    if pipe == "automatic-speech-recognition":
        loaded = pipeline(pipe, **found)
        sound = {"raw": numpy.zeros(16000, dtype="float32"), "sampling_rate": 16000}
        said = loaded(sound, return_timestamps=True, generate_kwargs={"language": "en", "task": "transcribe"})["chunks"]
        return loaded, loaded.tokenizer, said
    course_utils.checkpoint = lambda name: found
    loaded, said = all_tasks.use(task)
    if not isinstance(loaded, Pipeline):
        return loaded, AutoTokenizer.from_pretrained(found.path), said
    tokenizer = loaded.tokenizer
    if tokenizer is not None and tokenizer.chat_template:
        said = loaded([{"role": "user", "content": "Hello!"}], max_new_tokens=3)[0]["generated_text"]
    return loaded, tokenizer, said


def facts(task: str, repo: str) -> dict:
    """What a learner gets for a task, and what it is in truth."""
    from transformers import Pipeline

    several = len(tasks()[task].hubs) > 1
    found = checkpoint(task, repo=repo) if several else checkpoint(task, source="hub")
    loaded, tokenizer, said = use(task, found)
    model = loaded.model if isinstance(loaded, Pipeline) else loaded
    return {
        "path": found.path,
        "line": found.line,
        "said": str(said)[:200],
        "model": type(model).__name__,
        "sizes": sizes(model.config),
        "stacks": stacks(model),
        "labels": list(model.config.id2label.values()),
        "kind": kind(tokenizer) if tokenizer is not None else None,
        "longest": tokenizer.model_max_length if tokenizer is not None else None,
        "chats": bool(tokenizer is not None and tokenizer.chat_template),
    }


def main() -> None:
    setup()
    checkpoints.free_memory = lambda device: 1e12  # the catalogue's sizes count, but those served are small
    answers = {}
    for task, repo in json.loads(sys.argv[1]):
        try:
            answers[repo] = facts(task, repo)
        except Exception as problem:  # the next one is tried all the same; the test says what happened here
            where = traceback.format_exc().splitlines()[-7:-1]
            answers[repo] = {"error": f"{type(problem).__name__}: {str(problem)[:600]}", "where": where}
        release()
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
