"""8b.3 The DPO loss."""

from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH, check_trainable, check_values, one_number, wrong_answers

_DPO = (
    "def dpo_loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):\n"
    "    chosen = policy_chosen - reference_chosen\n"
    "    rejected = policy_rejected - reference_rejected\n"
    "    margin = chosen - rejected\n"
    "    return -torch.nn.functional.logsigmoid(beta * margin)"
)
_LOG = "torch.nn.functional.logsigmoid"
_MISTAKES = (
    ((("chosen - rejected\n", "rejected - chosen\n"),), "The margin has the wrong sign: chosen minus rejected."),
    (
        (
            ("chosen = policy_chosen - reference_chosen", "chosen = policy_chosen"),
            ("rejected = policy_rejected - reference_rejected", "rejected = policy_rejected"),
        ),
        "The reference model is forgotten. What counts is how much each answer has gained: policy minus reference.",
    ),
    (
        (
            ("chosen = policy_chosen - reference_chosen", "chosen = policy_chosen"),
            ("rejected = policy_rejected - reference_rejected", "rejected = policy_rejected"),
            ("chosen - rejected\n", "rejected - chosen\n"),
        ),
        "Two slips: the numbers of the reference are missing, and you took rejected minus chosen.",
    ),
    (
        (("margin = chosen - rejected", "margin = chosen + rejected"),),
        "You added the two gains. The margin is their difference, chosen minus rejected.",
    ),
    (
        (("policy_chosen - ref", "policy_chosen + ref"), ("policy_rejected - ref", "policy_rejected + ref")),
        "In your margin the reference counts the wrong way round. Subtract from each answer its own number of the "
        "reference: policy minus reference.",
    ),
    (
        (("rejected = policy_rejected - reference_rejected", "rejected = policy_rejected"),),
        "The reference is missing for the rejected answer. Subtract it from both.",
    ),
    (
        (("chosen = policy_chosen - reference_chosen", "chosen = policy_chosen"),),
        "The reference is missing for the chosen answer. Subtract it from both.",
    ),
    (((f"-{_LOG}(beta * margin)", f"-beta * {_LOG}(margin)"),), "`beta` stands outside. It multiplies the margin."),
    (
        ((f"-{_LOG}(beta * margin)", f"-beta * {_LOG}(beta * margin)"),),
        "`beta` counts twice, before the loss and inside. Once is enough: inside, times the margin.",
    ),
    (
        ((f"-{_LOG}(beta * margin)", f"-{_LOG}(margin) / beta"),),
        "You divided the loss by `beta`. It belongs inside, times the margin.",
    ),
    (
        (("beta * margin", "beta + margin"),),
        "You added `beta` to the margin; multiply the margin by it.",
    ),
    (((f"{_LOG}(beta * margin)", f"{_LOG}(margin)"),), "`beta` is missing: it multiplies the margin."),
    (((f"{_LOG}(beta * margin)", f"{_LOG}(margin / beta)"),), "You divided by `beta`; multiply the margin by it."),
    (
        (("beta * margin", "beta * chosen - rejected"),),
        "`beta` multiplies only the chosen side. It multiplies the whole margin: mind the brackets.",
    ),
    (
        (("beta * margin", "chosen - beta * rejected"),),
        "`beta` multiplies only the rejected side. It multiplies the whole margin: mind the brackets.",
    ),
    (
        ((f"{_LOG}(beta * margin)", "torch.sigmoid(beta * margin)"),),
        "That is minus the sigmoid. The loss is minus the *logarithm* of the sigmoid.",
    ),
    (
        ((f"return -{_LOG}(beta * margin)", "return torch.sigmoid(beta * margin)"),),
        "That is the sigmoid, a share between 0 and 1. The loss is minus its logarithm.",
    ),
    (
        ((f"-{_LOG}(beta * margin)", f"{_LOG}(-beta * margin)"),),
        "Your result is log sigmoid of *minus* beta times the margin. The minus belongs in front of the logarithm.",
    ),
    (((f"return -{_LOG}", f"return {_LOG}"),), "The minus sign is missing: a loss falls when things get better."),
    (((f"return -{_LOG}(beta * margin)", "return margin"),), "That is the margin. The loss is still to come."),
    (((f"return -{_LOG}(beta * margin)", "return beta * margin"),), "That is beta times the margin, without the loss."),
    (((f"-{_LOG}(beta * margin)", "-beta * margin"),), "The log-sigmoid is missing: this loss falls without end."),
    (
        (("margin = chosen - rejected", "margin = chosen"),),
        "The rejected answer plays no part. The margin is chosen minus rejected.",
    ),
    (
        ((f"-{_LOG}(beta * margin)", "-torch.log10(torch.sigmoid(beta * margin))"),),
        "You took the logarithm to the base 10. Here as in all losses it is the natural one.",
    ),
    (
        ((f"{_LOG}(beta * margin)", "torch.log(torch.sigmoid(beta * margin))"),),
        "Right for small margins. But at minus 4,000 your loss is infinite, because a number on the way is too small "
        "or too large for the computer. `logsigmoid` does both steps at once and copes.",
    ),
)
_NUMBERS = (
    (-12.0, -15.0, -14.0, -14.5, 0.1),
    (-30.0, -22.0, -28.0, -25.0, 0.5),
    (-8.5, -8.5, -8.5, -8.5, 0.1),
    (-20.0, -41.0, -33.0, -37.0, 0.05),
    (-5.0, -3.0, -2.0, -9.0, 1.0),
    (-4100.0, -50.0, -100.0, -50.0, 1.0),
)


def _cases() -> list[tuple]:
    import torch

    return [(*(torch.tensor(number) for number in case[:4]), case[4]) for case in _NUMBERS]


def _told(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta) -> str:
    pairs = [f"{float(a):g} and {float(b):g}" for a, b in (
        (policy_chosen, policy_rejected), (reference_chosen, reference_rejected))]  # fmt: skip
    return f"For {pairs[0]} of the policy, {pairs[1]} of the reference and beta {beta:g}"


def _check(answer) -> str | None:
    if said := check_values(answer, _cases(), _DPO, "dpo_loss", _MISTAKES, one_number, _told):
        return said
    policy = _cases()[0]
    return check_trainable(answer, (policy[0].requires_grad_(), policy[1].requires_grad_(), *policy[2:]))


EXERCISE = Exercise(
    id="8b.3",
    title="The DPO loss",
    minutes=6,
    difficulty="easy",
    starter="def dpo_loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):\n    ...",
    answer="dpo_loss",
    check=_check,
    context=TORCH,
    expects="a function that returns a tensor with one number",
    hints=(
        "Three lines: the gain of the chosen answer, the gain of the rejected answer, and the difference of the two.",
        "A gain is policy minus reference. The margin is the gain of chosen minus the gain of rejected.",
        "The last line: `return -torch.nn.functional.logsigmoid(beta * margin)`",
    ),
    solution=_DPO,
    why="Where chosen has gained more than rejected, the margin is positive and the loss small. The reference is the "
    "starting point, so an answer that was likely from the beginning earns nothing.",
    wrong=(
        *wrong_answers(_DPO, _MISTAKES),
        Wrong(changed(_DPO, ("return -", "return -0.5 * ")), "the result should be `0.5759`; given:"),
        Wrong(
            changed(_DPO, (f"return -{_LOG}(beta * margin)", f"return (-{_LOG}(beta * margin)).item()")),
            "return a tensor with one number",
        ),
        Wrong(
            changed(_DPO, (f"return -{_LOG}(beta * margin)", f"return -{_LOG}(beta * margin).detach()")),
            "has lost the way back",
        ),
        Wrong(
            changed(_DPO, ("rejected = policy_rejected -", "rejected = policy_rejected.detach() -")),
            "one of the two policy numbers only",
        ),
    ),
    also_wrong=(
        changed(_DPO, (f"{_LOG}(beta * margin)", "torch.log(1 / (1 + torch.exp(-beta * margin)))")),
        changed(_DPO, ("beta * margin", "0.1 * margin")),
        changed(_DPO, ("beta * margin", "torch.tensor(float(beta * margin), requires_grad=True)")),
        changed(_DPO, ("beta * margin", "(beta * margin).clamp(-5, 5)")),
        changed(_DPO, ("beta * margin", "beta * margin + 0.01")),
    ),
    alternatives=(
        changed(_DPO, (f"-{_LOG}(beta * margin)", "torch.nn.functional.softplus(-beta * margin)")),
        "def dpo_loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):\n"
        "    ratios = (policy_chosen - policy_rejected) - (reference_chosen - reference_rejected)\n"
        "    return torch.log1p(torch.exp(-beta * ratios)) if beta * ratios > -50 else -beta * ratios",
        "def dpo_loss(a, b, c, d, beta):\n"
        "    both = torch.stack([beta * (a - c), beta * (b - d)])\n"
        "    return -torch.log_softmax(both, dim=0)[0]",
    ),
    note="At the beginning policy and reference are the same model, so the margin is 0 and the loss 0.69, log 2.",
)
