"""2.5 Two continuations of 15 tokens."""

from course_utils.exercises.answers import as_text, describe, is_a
from course_utils.exercises.records import Exercise, Wrong

PROMPT = "In this course, we will teach you how to"


_GENERATOR = (
    "import torch\nfrom transformers import GenerationConfig, pipeline\nfrom course_utils import checkpoint\n"
    'generator = pipeline("text-generation", **checkpoint("text-generation"))\n'
    f'prompt = "{PROMPT}"\ntorch.manual_seed(0)'
)


def _check_two(answer) -> str | None:
    results = None
    if is_a(answer, list, tuple):  # one call for each text gives lists in the list
        results = [result for item in answer for result in (item if is_a(item, list) else [item])]
    if results is None or not all(is_a(item, dict) and "generated_text" in item for item in results):
        return f"Expected the list that `generator(prompt, ...)` returns; given: {describe(answer)}."
    if len(results) != 2:
        return f"Two continuations were asked for; given: {len(results)}. See `num_return_sequences`."
    texts = [as_text(item["generated_text"]) or "" for item in results]
    ends = [text.removeprefix(PROMPT).strip() for text in texts]
    words = [len(end.split()) for end in ends]
    if max(words) > 15 and not all(text.startswith(PROMPT) for text in texts):
        return f"A text of {max(words)} words that does not begin with `prompt`: continue that, for 15 tokens."
    if max(words) > 15:
        return f"One continuation has {max(words)} words: set `max_new_tokens=15`. It counts tokens, not words."
    if max(words) < 6:
        return f"The longer continuation has {max(words)} words: let the model write up to 15 tokens after the prompt."
    if ends[0] == ends[1]:
        return "The two continuations are the same text: sample (`do_sample=True`) and let one call return both."
    return None


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
        "Three settings are needed: how many tokens, how many sequences, and sampling.",
        "`GenerationConfig(max_new_tokens=15, do_sample=True, num_return_sequences=2)`.",
    ),
    solution=(
        "settings = GenerationConfig(max_new_tokens=15, do_sample=True, num_return_sequences=2)\n"
        "answer = generator(prompt, generation_config=settings)"
    ),
    wrong=(
        Wrong(
            "answer = generator(prompt, generation_config=GenerationConfig(max_new_tokens=15, do_sample=True))",
            "Two continuations were asked for",
        ),
        Wrong(
            "settings = GenerationConfig(max_new_tokens=40, min_new_tokens=40, do_sample=True, "
            "num_return_sequences=2)\n"
            "answer = generator(prompt, generation_config=settings)",
            "set `max_new_tokens=15`",
        ),
        Wrong(
            "one = generator(prompt, generation_config=GenerationConfig(max_new_tokens=15, do_sample=False))\n"
            "answer = one + one",
            "The two continuations are the same text",
        ),
        Wrong(
            "settings = GenerationConfig(max_new_tokens=1, do_sample=True, num_return_sequences=2)\n"
            "answer = generator(prompt, generation_config=settings)",
            "let the model write up to 15 tokens after",
        ),
        Wrong(
            "settings = GenerationConfig(max_new_tokens=15, do_sample=True, num_return_sequences=2)\n"
            'answer = generator(prompt, generation_config=settings)[0]["generated_text"]',
            "Expected the list that `generator",
        ),
    ),
    alternatives=(
        "answer = generator(prompt, max_new_tokens=15, num_beams=2, num_return_sequences=2, do_sample=False)",
        "settings = GenerationConfig(max_new_tokens=15, do_sample=True)\n"
        "answer = [generator(prompt, generation_config=settings)[0] for _ in range(2)]",
    ),
)
