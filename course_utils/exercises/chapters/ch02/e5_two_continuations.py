"""2.5 Two continuations of 15 tokens."""

import contextlib
import io
from functools import cache

from course_utils.describing import attempt
from course_utils.exercises.answers import code, describe, is_a, safe_repr
from course_utils.exercises.records import Exercise, Wrong

PROMPT = "In this course, we will teach you how to"


_GENERATOR = (
    "import torch\nfrom transformers import GenerationConfig, pipeline\nfrom course_utils import checkpoint\n"
    'generator = pipeline("text-generation", **checkpoint("text-generation"))\n'
    f'prompt = "{PROMPT}"\ntorch.manual_seed(0)'
)


@cache
def _tokenizer():
    """The tokenizer of the notebook's `generator`, without its model; the line that `checkpoint` prints is known."""
    from transformers import AutoTokenizer

    from course_utils import checkpoint

    with contextlib.redirect_stdout(io.StringIO()):
        return AutoTokenizer.from_pretrained(checkpoint("text-generation").path)


def _new_tokens(text: str) -> tuple[int, int]:
    """How many tokens stand after the prompt, at least and at most: two line ends are one token or two."""

    def count(part: str) -> int:
        return len(_tokenizer()(part).input_ids)

    fewest = attempt(lambda: count(text) - count(PROMPT))
    if fewest is None:
        return 15, 15  # without the tokenizer nothing can be said
    return fewest, max(fewest, sum(map(count, text.split("\n"))) + text.count("\n") - count(PROMPT))


def _check_two(answer) -> str | None:
    results = None
    if is_a(answer, list, tuple):  # one call for each text gives lists in the list
        results = [result for item in answer for result in (item if is_a(item, list) else [item])]
    if results is None or not all(is_a(item, dict) and "generated_text" in item for item in results):
        return f"Expected a list of dictionaries with a `generated_text`; given: {describe(answer)}."
    if len(results) != 2:
        return f"Two continuations were asked for; given: {len(results)}. See `num_return_sequences`."
    texts = [item["generated_text"] for item in results]
    texts = [str.__str__(text) if is_a(text, str) else "" for text in texts]  # the line ends at the end are tokens too
    other = next((text for text in texts if not text.startswith(PROMPT)), None)
    if other is not None:
        return (
            f"The text {code(safe_repr(other, 80))} does not begin with `prompt`. Continue `prompt`, and let the "
            "whole text be returned (no `return_full_text=False`)."
        )
    if texts[0].split() == texts[1].split():
        return (
            "The two continuations are the same text. Without `do_sample=True` the likeliest one comes out each "
            "time. With it, a `temperature` near 0, `top_k=1` or the same seed before each call can make them equal."
        )
    counts = [_new_tokens(text) for text in texts]
    words = [len(text.removeprefix(PROMPT).split()) for text in texts]
    if max(words) > 15:  # no token holds two words
        return (
            f"One of your texts has {max(words)} words after the prompt, so more than 15 tokens: `max_new_tokens=15`."
        )
    if max(fewest for fewest, _ in counts) <= 18 and any(fewest <= 15 <= most for fewest, most in counts):
        return None  # one is enough: 1 of 25 sampled texts is cut otherwise than it was written
    return (
        f"Your texts have {counts[0][0]} and {counts[1][0]} tokens after the prompt; 15 each were asked for. "
        "`max_new_tokens=15` sets that. If you have set it, run the cell again: a sampled text can end early by itself."
    )


EXERCISE = Exercise(
    id="2.5",
    title="Two continuations of 15 tokens",
    minutes=5,
    difficulty="easy",
    starter="settings = ...\nanswer = ...  # generator(prompt, generation_config=settings)",
    answer="answer",
    check=_check_two,
    context=_GENERATOR,
    expects="the list that the generator returns",
    hints=(
        "Which setting counts the tokens, which makes two runs differ, and which asks for two texts?",
        "Three settings are needed: how many tokens, how many sequences, and sampling.",
        "`GenerationConfig(max_new_tokens=15, do_sample=True, num_return_sequences=2)`.",
    ),
    solution=(
        "settings = GenerationConfig(max_new_tokens=15, do_sample=True, num_return_sequences=2)\n"
        "answer = generator(prompt, generation_config=settings)"
    ),
    why="Greedy generation can only repeat itself. With `do_sample=True` each token is drawn at random, so that "
    "two texts from one call differ, and `max_new_tokens` leaves the tokens of the prompt out of the count.",
    wrong=(
        Wrong(
            "answer = generator(prompt, generation_config=GenerationConfig(max_new_tokens=15, do_sample=True))",
            "Two continuations were asked for",
        ),
        Wrong(
            "settings = GenerationConfig(max_new_tokens=40, min_new_tokens=40, do_sample=True, "
            "num_return_sequences=2)\n"
            "answer = generator(prompt, generation_config=settings)",
            "so more than 15 tokens",
        ),
        Wrong(
            "one = generator(prompt, generation_config=GenerationConfig(max_new_tokens=15, do_sample=False))\n"
            "answer = one + one",
            "The two continuations are the same text",
        ),
        Wrong(
            "settings = GenerationConfig(max_new_tokens=6, min_new_tokens=6, do_sample=True, num_return_sequences=2)\n"
            "answer = generator(prompt, generation_config=settings)",
            "Your texts have 6 and 6 tokens",
        ),
        Wrong(
            "settings = GenerationConfig(max_new_tokens=15, do_sample=True, num_return_sequences=2)\n"
            'answer = generator(prompt, generation_config=settings)[0]["generated_text"]',
            "Expected a list of dictionaries",
        ),
    ),
    also_wrong=(
        "settings = GenerationConfig(max_length=15, do_sample=True, num_return_sequences=2)\n"
        "answer = generator(prompt, generation_config=settings)",
        'prose = [" bake " + "and sing " * 9, " sing " + "and bake " * 8]\n'
        'answer = [{"generated_text": prompt + text} for text in prose]',
        "settings = GenerationConfig(max_new_tokens=20, min_new_tokens=20, do_sample=True, num_return_sequences=2)\n"
        "answer = generator(prompt, generation_config=settings)",
        "settings = GenerationConfig(max_new_tokens=14, min_new_tokens=14, do_sample=True, num_return_sequences=2)\n"
        "answer = generator(prompt, generation_config=settings)",
        "settings = GenerationConfig(max_new_tokens=15, do_sample=True, top_k=1, num_return_sequences=2)\n"
        "answer = generator(prompt, generation_config=settings)",
        "settings = GenerationConfig(max_new_tokens=10, do_sample=True, num_return_sequences=2)\n"
        'answer = generator("Once upon", generation_config=settings)',
    ),
    alternatives=(
        "answer = generator(prompt, max_new_tokens=15, num_beams=2, num_return_sequences=2, do_sample=False)",
        "settings = GenerationConfig(max_new_tokens=15, do_sample=True)\n"
        "answer = [generator(prompt, generation_config=settings)[0] for _ in range(2)]",
    ),
)
