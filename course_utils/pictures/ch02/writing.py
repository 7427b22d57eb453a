"""`writing`: greedy generation, one token after the other, as a view for a slider.

The model writes once, when the view is made; moving the slider costs nothing.
"""

from ...describing import describe, is_a
from ...errors import CourseError
from ..charts import bars
from ..figures import Figure

_BARS = 5


def writing(generator, prompt: str, *, most: int = 8):
    """A function `view(tokens)`: the text after so many greedy tokens, and bars of the five likeliest next ones.

    Args:
        generator: a text-generation pipeline.
        prompt: how the text begins.
        most: how many tokens it may write; it ends earlier where the model writes its end token.

    Raises:
        CourseError: there is no prompt, or `most` is no whole number above 0.
    """
    import torch
    from transformers import GenerationConfig

    if not is_a(prompt, str) or not prompt.strip():
        raise CourseError("Write the beginning of a sentence, and the model will go on.")
    if not is_a(most, int) or most < 1:
        raise CourseError(f"`most` is a whole number of tokens, 1 or more; it is {describe(most)}.")
    tokenizer, model = generator.tokenizer, generator.model
    inputs = tokenizer(prompt, return_tensors="pt").to(model.device)
    start = inputs["input_ids"].shape[1]
    end = tokenizer.eos_token_id
    settings = GenerationConfig(max_new_tokens=most, do_sample=False, eos_token_id=end, pad_token_id=end)
    with torch.no_grad():
        ids = model.generate(**inputs, generation_config=settings)
        chances = model(ids).logits[0, start - 1 :].float().softmax(-1).cpu()
    if ids[0, -1].item() == end and ids.shape[1] > start:
        ids, chances = ids[:, :-1], chances[:-1]
    texts = [tokenizer.decode(ids[0, : start + number]) for number in range(len(chances))]
    best = [row.topk(_BARS) for row in chances]

    def view(tokens=0) -> Figure:
        here = min(max(tokens, 0), len(texts) - 1)
        names = [tokenizer.decode([number]).replace(" ", "␣") for number in best[here].indices.tolist()]
        values = list(zip(names, best[here].values.tolist(), strict=True))  # two tokens can look the same
        return bars(values, title=f"{texts[here]} ___", limit=1, lit=names[0])

    return view
