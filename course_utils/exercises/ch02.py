"""Exercises of notebook 02, pipelines, first half: classification, zero-shot and generation, by hand."""

from .answers import Slip, as_list, as_number, as_text, call, close, describe, is_a, shape
from .records import Exercise, Wrong

PROMPT = "In this course, we will teach you how to"

# --- 2.1 doubtful ---------------------------------------------------------------------------------------------


def _check_doubtful(answer) -> str | None:
    scores = [0.99, 0.60, 0.90, 0.51, 0.97]
    results = [{"label": "POSITIVE", "score": score} for score in scores]
    value = call(answer, results, 0.9)
    got = as_list(value)
    if got is None:
        return f"Your function should return a list of positions; given: {describe(value)}."
    if close(got, [1, 3]):
        if as_list(call(answer, [], 0.9)) != []:
            return "For an empty list of results, return an empty list."
        pairs = (("NEGATIVE", 0.55), ("POSITIVE", 0.72), ("NEGATIVE", 0.55), ("POSITIVE", 0.698))
        got = as_list(call(answer, [{"label": label, "score": score} for label, score in pairs], 0.7))
        if close(got, [0, 2, 3]):
            return None
        return (
            "With the threshold 0.7 and the scores [0.55, 0.72, 0.55, 0.698] the positions are `[0, 2, 3]`, "
            f"whatever the labels; given: {describe(got)}."
        )
    if close(got, [1, 2, 3]):
        return "A score equal to the threshold is not below it: with scores 0.9 and threshold 0.9 nothing is in doubt."
    if close(got, [0, 4]) or close(got, [0, 2, 4]):
        return "Those are the positions of the sure answers; the doubtful ones score below the threshold."
    if close(got, [0.60, 0.51]):
        return "Those are the scores themselves; return their positions in the list, here `[1, 3]`."
    if got and all(is_a(item, dict) for item in got):
        return "Those are the results themselves; return their positions in the list, here `[1, 3]`."
    if close(got, [2, 4]):
        return "You count from one; positions in Python start at zero."
    return f"For the scores {scores} and the threshold 0.9 the doubtful positions are `[1, 3]`; given: {describe(got)}."


# --- 2.2 softmax ----------------------------------------------------------------------------------------------


def _check_softmax(answer) -> str | None:
    import torch

    logits = torch.tensor([1.0, 2.0, -0.5])
    right = torch.tensor([0.2537, 0.6897, 0.0566])
    value = call(answer, logits)
    if shape(value) != (3,):
        return f"For a tensor of three logits your function should return three numbers; given: {describe(value)}."
    if not close(value, right, 1e-3):
        total = sum(as_list(value))
        if total > 0 and close([x / total for x in as_list(value)], right, 1e-3):
            return f"Your numbers sum to {total:.3f}, not to 1: take `exp` of each logit and divide by their sum."
        if close(value, torch.sigmoid(logits), 1e-3):
            return "That is the sigmoid, which looks at each logit alone; softmax shares out 1 among all classes."
        if close(value, logits / logits.sum(), 1e-3):
            return "You divided the logits by their sum, and one of them became negative: take `exp` first."
        if close(value, torch.log_softmax(logits, -1), 1e-3):
            return "That is the logarithm of the softmax: all values are negative."
        return f"For the logits [1, 2, -0.5] the right answer is about [0.254, 0.690, 0.057]; given: {describe(value)}."
    large = call(answer, torch.tensor([1000.0, 1000.0, 0.0]))
    if not close(large, [0.5, 0.5, 0.0], 1e-3):
        return (
            "For the logits [1000, 1000, 0] the result is not [0.5, 0.5, 0]: `exp(1000)` overflows to infinity. "
            "Subtract the largest logit first; it changes nothing else."
        )
    if not close(call(answer, torch.tensor([1000.0, 900.0, 0.0])), [1.0, 0.0, 0.0], 1e-3):
        return "For the logits [1000, 900, 0] the result is not [1, 0, 0]: do not cut logits off, subtract the largest."
    batch = torch.tensor([[2.0, 1.0, -1.0], [0.0, 0.0, 0.0]])
    value = call(answer, batch)
    rows = torch.softmax(batch, -1)
    if close(value, rows, 1e-3):
        apart = torch.tensor([[1000.0, 1000.0, 0.0], [0.0, 0.0, -1000.0]])
        if close(call(answer, apart), [[0.5, 0.5, 0.0]] * 2, 1e-3):
            return None
        return (
            "In a batch, subtract from each row the largest logit of that row, not of the whole batch: "
            "beside a row of 1000s, all of `exp` becomes 0 in a row of zeros."
        )
    if shape(value) == (2, 3) and close([sum(column) for column in zip(*as_list(value), strict=True)], [1.0] * 3, 1e-3):
        return (
            "In a batch `[sentences, classes]` you normalised over the sentences; each row should sum to 1 (`dim=-1`)."
        )
    if shape(value) == (2, 3) and close(sum(map(sum, as_list(value))), 1.0, 1e-3):
        return "In a batch all numbers together sum to 1; each row should (`dim=-1`, `keepdim=True`)."
    return f"A batch `[2, 3]` of logits should give `[2, 3]` with rows that sum to 1; given: {describe(value)}."


# --- 2.3 post-processing --------------------------------------------------------------------------------------


def _check_postprocess(answer) -> str | None:
    import torch

    logits = torch.tensor([[2.0, 1.0, -1.0], [-3.0, 0.5, 4.0]])
    names = {0: "sad", 1: "calm", 2: "glad"}
    value = call(answer, logits, names)
    if is_a(value, dict):
        return (
            "Two sentences went in, one dictionary came out: return a list with one dictionary per row of the logits."
        )
    rows = value if is_a(value, list, tuple) else None
    if rows is None or len(rows) != 2:
        return f"Two rows of logits should give a list of two dictionaries; given: {describe(value)}."
    if not all(is_a(row, dict) and set(row) == {"label", "score"} for row in rows):
        return f'Each item should be a dictionary with two keys, "label" and "score"; the first is {describe(rows[0])}.'
    if rows[0] is rows[1]:
        return "Both items are one and the same dictionary: make a new one for each row, inside the loop."
    labels, scores = [row["label"] for row in rows], [as_number(row["score"]) for row in rows]
    if any(as_text(label) is None for label in labels):
        return f"The label should be the name of the class, but is {describe(labels[0])}: look it up in `id2label`."
    if None in scores:
        wrong = rows[scores.index(None)]["score"]
        return f"The score should be one number, but is {describe(wrong)}."
    if labels == ["glad", "sad"]:
        return "Your labels are those of the smallest logits; take the largest."
    if labels != ["sad", "glad"]:
        return f"The classes with the largest logits are sad and glad; given: {', '.join(map(str, labels))}."
    if close(scores, [2.0, 4.0], 1e-3):
        return "The scores are the logits themselves; put them through softmax first."
    if close(scores, [0.9933, 0.9933], 1e-3):
        return "Softmax went down the columns (over the sentences); it belongs on the classes: `dim=-1`."
    if close(scores, [0.8808, 0.9820], 1e-3):
        return "The scores are sigmoids of the logits; softmax compares a class with the others."
    if not close(scores, [0.7054, 0.9698], 6e-3):  # rounded to two digits is fine
        return f"The scores should be about 0.705 and 0.970; given: {describe(scores)}."
    return None


# --- 2.4 your own labels --------------------------------------------------------------------------------------


def _check_own_labels(answer) -> str | None:
    if is_a(answer, list) and answer and all(is_a(item, dict) and "labels" in item for item in answer):
        return "That is a list of results: hand over one of the dictionaries in it, or give the pipeline one text."
    if not (is_a(answer, dict) and {"sequence", "labels", "scores"} <= set(answer)):
        raise Slip(
            "not yet", f"Expected what `zero_shot(text, candidate_labels=labels)` returns; given: {describe(answer)}."
        )
    labels, scores = as_list(answer["labels"]), as_list(answer["scores"])
    if len(labels) < 3:
        return f"Give at least three labels, so that there is something to choose; yours are {len(labels)}."
    if {"education", "politics", "business"} <= {(as_text(label) or "").lower() for label in labels}:
        return "Those labels are the example's: think of your own, and of a text that fits one of them."
    if abs(sum(scores) - 1) > 0.02:
        return (
            f"Your scores sum to {sum(scores):.2f}, not to 1: with `multi_label=True` each label is judged alone. "
            "Leave it out here."
        )
    if scores[0] < 0.5:
        return (
            f"The best label scores {scores[0]:.2f}: the model hardly prefers one. "
            "Choose labels that lie further apart, or a text with a clearer topic."
        )
    return None


# --- 2.5 two continuations ------------------------------------------------------------------------------------


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


# --- 2.6 greedy -----------------------------------------------------------------------------------------------


def _toy_model():
    """A causal model small enough to check by hand: after tokens of sum s it prefers token (3 s + 1) mod 11."""
    import torch
    from transformers.modeling_outputs import CausalLMOutputWithPast

    class ToyModel(torch.nn.Module):
        device = torch.device("cpu")
        generate_was_called = False

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(11))

        def forward(self, input_ids=None, attention_mask=None, past_key_values=None, **options):
            sums = torch.arange(11)[input_ids].cumsum(-1)  # the look-up fails for ids that are no whole numbers
            if past_key_values is not None:
                sums = sums + past_key_values
            steps_away = (torch.arange(11) - (3 * sums + 1).unsqueeze(-1)) % 11
            logits = -steps_away * self.weight  # [batch, tokens, vocabulary]
            return CausalLMOutputWithPast(logits=logits, past_key_values=sums[:, -1:])

        def generate(self, inputs=None, **options):
            self.generate_was_called = True
            return inputs

    return ToyModel()


def _check_greedy(answer) -> str | None:
    import torch

    model = _toy_model()
    value = call(answer, model, torch.tensor([[4, 7, 2]]), 5)
    if model.generate_was_called:
        return "That is `generate` itself; write its loop: call `model(ids)` once for each new token."
    got = as_list(value)
    if got is not None and len(shape(value) or ()) == 1:
        got = [got]
    if got is None or len(got) != 1:
        return f"Your function should return the ids as a tensor `[1, tokens]`; given: {describe(value)}."
    right = [4, 7, 2, 7, 6, 2, 8, 10]
    row = got[0] if is_a(got[0], list) else []
    if row == right:
        other = as_list(call(answer, model, torch.tensor([[3]]), 2))
        if other in ([[3, 10, 7]], [3, 10, 7]):
            return None
        return (
            "It works for three tokens and five steps, but not for one token and two steps: "
            f"after [3] the toy model writes [10, 7]; given: {describe(other)}."
        )
    if row == right[3:]:
        return "Those are only the new tokens: return the prompt's tokens and the new ones together."
    if row == [4, 7, 2]:
        return "The prompt came back unchanged: append each new token to the ids."
    if len(row) == 3 * 2**5:
        return "You appended one token for every position: take the logits of the last position alone, `logits[:, -1]`."
    if len(row) != 8:
        return f"Three tokens and five new ones make eight; yours are {len(row)}."
    if row[3:] == [2] * 5:
        return "Every new token was predicted from the first position: take the logits of the last one, `[:, -1]`."
    if row[3:] == [7, 0, 1, 4, 2]:
        return (
            "Every new token was predicted from the one before it alone: the model must see all ids, not only the last."
        )
    if row[3:] == [7] * 5:
        return (
            "The same token five times: each step must see the tokens written so far, so feed the longer ids back in."
        )
    return (
        f"After [4, 7, 2] the likeliest tokens of the toy model are {right[3:]}; yours are {row[3:]}. "
        "Greedy means the largest logit of the last position, with nothing random."
    )


_TORCH = "import torch"
_ZERO_SHOT = (
    "from transformers import pipeline\nfrom course_utils import checkpoint\n"
    'zero_shot = pipeline("zero-shot-classification", **checkpoint("zero-shot"))'
)
_GENERATOR = (
    "import torch\nfrom transformers import GenerationConfig, pipeline\nfrom course_utils import checkpoint\n"
    'generator = pipeline("text-generation", **checkpoint("text-generation"))\n'
    f'prompt = "{PROMPT}"\ntorch.manual_seed(0)'
)
_GREEDY = "import torch\n\n@torch.no_grad()\ndef greedy(model, ids, steps):\n"

EXERCISES = [
    Exercise(
        id="2.1",
        title="Which answers need a second look?",
        minutes=5,
        difficulty="easy",
        starter="def doubtful(results, threshold):\n    ...",
        answer="doubtful",
        check=_check_doubtful,
        expects="a function that returns a list of positions",
        hints=(
            "`enumerate(results)` gives each result together with its position.",
            'Keep the position where `result["score"] < threshold`.',
        ),
        solution=(
            "def doubtful(results, threshold):\n"
            '    return [i for i, result in enumerate(results) if result["score"] < threshold]'
        ),
        wrong=(
            Wrong(
                "def doubtful(results, threshold):\n"
                '    return [i for i, result in enumerate(results) if result["score"] > threshold]',
                "Those are the positions of the sure answers",
            ),
            Wrong(
                "def doubtful(results, threshold):\n"
                '    return [i for i, result in enumerate(results) if result["score"] <= threshold]',
                "A score equal to the threshold is not below it",
            ),
            Wrong(
                "def doubtful(results, threshold):\n"
                '    return [result for result in results if result["score"] < threshold]',
                "Those are the results themselves",
            ),
            Wrong(
                'def doubtful(results, threshold):\n    return [r["score"] for r in results if r["score"] < threshold]',
                "Those are the scores themselves",
            ),
            Wrong(
                "def doubtful(results, threshold):\n"
                '    return [i for i, r in enumerate(results, 1) if r["score"] < threshold]',
                "You count from one",
            ),
            Wrong(
                'def doubtful(results, threshold):\n    return [i for i, r in enumerate(results) if r["score"] < 0.9]',
                "With the threshold 0.7",
            ),
            Wrong(
                "def doubtful(results, threshold):\n"
                '    return [i for i, r in enumerate(results) if r["scores"] < threshold]',
                "KeyError",
                status="error in your code",
            ),
        ),
        alternatives=(
            "def doubtful(results, threshold):\n"
            "    found = []\n"
            "    for position in range(len(results)):\n"
            '        if not results[position]["score"] >= threshold:\n'
            "            found.append(position)\n"
            "    return tuple(found)",
        ),
    ),
    Exercise(
        id="2.2",
        title="Softmax by hand",
        minutes=8,
        difficulty="medium",
        starter="def softmax(logits):\n    ...",
        answer="softmax",
        check=_check_softmax,
        context=_TORCH,
        expects="a function that takes a tensor of logits and returns a tensor of the same shape",
        hints=(
            "Three steps: subtract the largest logit, take `exp`, divide by the sum.",
            "`logits.max(dim=-1, keepdim=True).values` and `.sum(dim=-1, keepdim=True)` work for one sentence and for "
            "a batch.",
        ),
        solution=(
            "def softmax(logits):\n"
            "    shifted = logits - logits.max(dim=-1, keepdim=True).values  # exp cannot overflow now\n"
            "    exponentials = torch.exp(shifted)\n"
            "    return exponentials / exponentials.sum(dim=-1, keepdim=True)"
        ),
        wrong=(
            Wrong("def softmax(logits):\n    return torch.exp(logits)", "divide by their sum"),
            Wrong("def softmax(logits):\n    return torch.sigmoid(logits)", "That is the sigmoid"),
            Wrong("def softmax(logits):\n    return logits / logits.sum(-1, keepdim=True)", "take `exp` first"),
            Wrong(
                "def softmax(logits):\n    e = torch.exp(logits)\n    return e / e.sum(-1, keepdim=True)",
                "overflows to infinity",
            ),
            Wrong("def softmax(logits):\n    return torch.softmax(logits, dim=0)", "normalised over the sentences"),
            Wrong(
                "def softmax(logits):\n    e = torch.exp(logits - logits.max())\n    return e / e.sum()",
                "In a batch all numbers together sum to 1",
            ),
            Wrong("def softmax(logits):\n    return torch.log_softmax(logits, -1)", "That is the logarithm"),
            Wrong("def softmax(logits):\n    return torch.softmax(logits.clamp(max=50), -1)", "do not cut logits off"),
            Wrong(
                "def softmax(logits):\n    e = (logits - logits.max()).exp()\n    return e / e.sum(-1, keepdim=True)",
                "not of the whole batch",
            ),
        ),
        alternatives=(
            "def softmax(logits):\n    return torch.exp(logits - torch.logsumexp(logits, dim=-1, keepdim=True))",
            "def softmax(logits):\n    return torch.nn.functional.softmax(logits, dim=-1)",
        ),
    ),
    Exercise(
        id="2.3",
        title="From logits to the pipeline's answer",
        minutes=8,
        difficulty="medium",
        starter="def postprocess(logits, id2label):\n    ...",
        answer="postprocess",
        check=_check_postprocess,
        context=_TORCH,
        expects="a function that returns a list of dictionaries with label and score",
        hints=(
            "Softmax over the classes gives `[sentences, classes]`; `max(dim=-1)` gives score and position.",
            "Go through the rows: `id2label[position.item()]` is the label, `score.item()` the score.",
        ),
        solution=(
            "def postprocess(logits, id2label):\n"
            "    scores, positions = torch.softmax(logits, dim=-1).max(dim=-1)  # each [sentences]\n"
            "    pairs = zip(scores.tolist(), positions.tolist())\n"
            '    return [{"label": id2label[position], "score": score} for score, position in pairs]'
        ),
        wrong=(
            Wrong(
                "def postprocess(logits, id2label):\n"
                "    p = logits.softmax(-1)\n"
                '    return [{"label": r.argmax().item(), "score": r.max().item()} for r in p]',
                "look it up in `id2label`",
            ),
            Wrong(
                "def postprocess(logits, id2label):\n"
                '    return [{"label": id2label[r.argmax().item()], "score": r.max().item()} for r in logits]',
                "The scores are the logits themselves",
            ),
            Wrong(
                "def postprocess(logits, id2label):\n"
                "    p = logits.softmax(0)\n"
                '    return [{"label": id2label[r.argmax().item()], "score": r.max().item()} for r in p]',
                "Softmax went down the columns",
            ),
            Wrong(
                "def postprocess(logits, id2label):\n"
                "    p = logits[0].softmax(-1)\n"
                '    return {"label": id2label[p.argmax().item()], "score": p.max().item()}',
                "one dictionary came out",
            ),
            Wrong(
                "def postprocess(logits, id2label):\n"
                "    p = logits.sigmoid()\n"
                '    return [{"label": id2label[r.argmax().item()], "score": r.max().item()} for r in p]',
                "The scores are sigmoids",
            ),
            Wrong(
                "def postprocess(logits, id2label):\n"
                "    p = logits.softmax(-1)\n"
                '    return [{"label": id2label[r.argmin().item()], "score": r.max().item()} for r in p]',
                "smallest logits",
            ),
        ),
        alternatives=(
            "def postprocess(logits, id2label):\n"
            "    answers = []\n"
            "    for row in logits.softmax(dim=1):\n"
            "        best = row.argmax()\n"
            '        answers.append({"score": row[best], "label": id2label[int(best)]})\n'
            "    return answers",
        ),
    ),
    Exercise(
        id="2.4",
        title="Your own labels",
        minutes=5,
        difficulty="easy",
        starter="text = ...\nlabels = ...\nanswer = ...  # zero_shot(text, candidate_labels=labels)",
        answer="answer",
        check=_check_own_labels,
        context=_ZERO_SHOT,
        expects="what `zero_shot(text, candidate_labels=labels)` returns",
        hints=(
            "Topics work best: a sentence about food, and labels such as cooking, law and music.",
            'Call `zero_shot("...", candidate_labels=["...", "...", "..."])` and hand the result over as it is.',
        ),
        solution=(
            'text = "Simmer the onions until they are golden."\n'
            'labels = ["cooking", "law", "music"]\n'
            "answer = zero_shot(text, candidate_labels=labels)"
        ),
        wrong=(
            Wrong(
                'labels = ["cooking", "law", "music"]\n'
                'answer = zero_shot("Simmer the onions.", candidate_labels=labels, multi_label=True)',
                "each label is judged alone",
            ),
            Wrong(
                'answer = zero_shot("Simmer the onions.", candidate_labels=["cooking", "law"])',
                "Give at least three labels",
            ),
            Wrong(
                'answer = zero_shot("This is a course about the Transformers library", '
                'candidate_labels=["education", "politics", "business"])',
                "Those labels are the example's",
            ),
            Wrong(
                'answer = zero_shot("It is what it is.", candidate_labels=["one", "two", "three", "four", "five"])',
                "the model hardly prefers one",
            ),
            Wrong(
                'answer = zero_shot("Simmer the onions.", candidate_labels=["cooking", "law", "music"])["labels"]',
                "Expected what `zero_shot",
            ),
        ),
        alternatives=(
            'answer = zero_shot("We missed our connecting flight in Lisbon.", '
            'candidate_labels="travel, cooking, football")',
        ),
    ),
    Exercise(
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
    ),
    Exercise(
        id="2.6",
        title="The loop inside `generate`",
        minutes=12,
        difficulty="hard",
        starter="@torch.no_grad()\ndef greedy(model, ids, steps):\n    ...",
        answer="greedy",
        check=_check_greedy,
        context=_TORCH,
        expects="a function that returns the ids of the prompt and the new tokens",
        hints=(
            "One step: `logits = model(ids).logits`, then the largest logit of the *last* position, `logits[:, -1]`.",
            "Append it with `torch.cat([ids, new], dim=-1)`, where `new` has the shape `[1, 1]`, and repeat.",
        ),
        solution=_GREEDY
        + (
            "    for _ in range(steps):\n"
            "        logits = model(ids).logits[:, -1]  # [1, vocabulary]\n"
            "        new = logits.argmax(dim=-1, keepdim=True)  # [1, 1]\n"
            "        ids = torch.cat([ids, new], dim=-1)\n"
            "    return ids"
        ),
        wrong=(
            Wrong(
                _GREEDY
                + "    for _ in range(steps):\n"
                + "        new = model(ids).logits[:, 0].argmax(-1, keepdim=True)\n"
                + "        ids = torch.cat([ids, new], -1)\n    return ids",
                "predicted from the first position",
            ),
            Wrong(
                _GREEDY
                + "    new = model(ids).logits[:, -1].argmax(-1, keepdim=True)\n"
                + "    return torch.cat([ids] + [new] * steps, -1)",
                "The same token five times",
            ),
            Wrong(
                _GREEDY
                + "    start = ids.shape[1]\n    for _ in range(steps):\n"
                + "        ids = torch.cat([ids, model(ids).logits[:, -1].argmax(-1, keepdim=True)], -1)\n"
                + "    return ids[:, start:]",
                "Those are only the new tokens",
            ),
            Wrong(
                _GREEDY
                + "    for _ in range(steps + 1):\n"
                + "        ids = torch.cat([ids, model(ids).logits[:, -1].argmax(-1, keepdim=True)], -1)\n"
                + "    return ids",
                "five new ones make eight",
            ),
            Wrong(
                _GREEDY
                + "    for _ in range(steps):\n"
                + "        new = model(ids).logits[:, -1].argmin(-1, keepdim=True)\n"
                + "        ids = torch.cat([ids, new], -1)\n    return ids",
                "Greedy means the largest logit",
            ),
            Wrong(
                _GREEDY
                + "    for _ in range(steps):\n"
                + "        new = model(ids[:, -1:]).logits[:, -1].argmax(-1, keepdim=True)\n"
                + "        ids = torch.cat([ids, new], -1)\n    return ids",
                "the model must see all ids",
            ),
            Wrong(_GREEDY + "    return model.generate(ids, max_new_tokens=steps)", "That is `generate` itself"),
            Wrong(
                _GREEDY + "    for _ in range(steps):\n        model(ids).logits[:, -1].argmax(-1)\n    return ids",
                "The prompt came back unchanged",
            ),
        ),
        alternatives=(
            "def greedy(model, ids, steps):\n"
            "    row = ids[0].tolist()\n"
            "    while steps:\n"
            "        with torch.inference_mode():\n"
            "            output = model(input_ids=torch.tensor([row]))\n"
            "        row.append(int(output.logits[0, -1].softmax(-1).argmax()))\n"
            "        steps -= 1\n"
            "    return torch.tensor([row])",
        ),
    ),
]
