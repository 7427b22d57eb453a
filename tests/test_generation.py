"""Notebook 08: the decode loop that exercise 8.7 teaches writes what `generate` writes, on the real model."""

import sys

import pytest

pytestmark = pytest.mark.models

NEW = 50


@pytest.fixture(scope="module")
def benchmark():
    """benchmarks/generation.py: its prompts, and the reference answer of exercise 8.7."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COURSE_MODELS", "HF_HUB_DISABLE_PROGRESS_BARS", "TRANSFORMERS_VERBOSITY"):
            patch.setenv(name, "")  # it sets all three: the end of this block takes them back
        import generation

        yield generation
        sys.modules.pop("generation")


def test_the_cached_loop_writes_the_tokens_of_generate(benchmark):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from course_utils import checkpoint

    path = checkpoint("chat").path
    tokenizer, model = AutoTokenizer.from_pretrained(path), AutoModelForCausalLM.from_pretrained(path).float()
    prompts, threads = tokenizer(list(benchmark.PROMPTS), return_tensors="pt"), torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        expected = model.generate(**prompts, max_new_tokens=NEW, do_sample=False)
        found = benchmark.cached_greedy(model, prompts.input_ids, NEW)
    finally:
        torch.set_num_threads(threads)
    assert expected.shape == (5, prompts.input_ids.shape[1] + NEW)
    assert found.tolist() == expected.tolist()
