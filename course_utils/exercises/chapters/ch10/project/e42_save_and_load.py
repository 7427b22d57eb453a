"""10.42 Keep it, and load it again."""

from course_utils.describing import attempt, untouched
from course_utils.exercises.answers import Slip, as_list, call, close, describe, is_a, shape
from course_utils.exercises.records import Exercise, Wrong, changed

_KEEP = """\
import json
from pathlib import Path

from safetensors.torch import load_file, save_file

def save(head, kinds, folder):
    save_file(head.state_dict(), Path(folder) / "head.safetensors")
    (Path(folder) / "kinds.json").write_text(json.dumps(kinds), encoding="utf-8")

def load(folder):
    kinds = json.loads((Path(folder) / "kinds.json").read_text(encoding="utf-8"))
    weights = load_file(Path(folder) / "head.safetensors")
    head = nn.Linear(weights["weight"].shape[1], len(kinds))
    head.load_state_dict(weights)
    return head, kinds"""


def _is_function(answer) -> bool:
    return attempt(callable, answer, default=False) is True


def _check_keep(answer) -> str | None:
    import tempfile
    from pathlib import Path

    import torch

    if not (is_a(answer, tuple, list) and len(answer) == 2 and all(map(_is_function, answer))):
        return f"The answer should be the two functions, `(save, load)`; given: {describe(answer)}."
    if any(map(untouched, answer)):
        raise Slip("not attempted", "Replace `...` in both functions and run this cell again.")
    save, load = answer
    kinds = ["fault", "wish", "question"]  # another number and order than the project's
    head, later = _any_head(3, seed=2), _any_head(2, seed=3)
    texts = torch.randn(5, 384, generator=torch.Generator().manual_seed(1))  # [texts, hidden]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        places = [Path(place, name) for name in ("first", "second")]
        for folder in places:
            folder.mkdir()
        right, last, bias = head(texts).detach(), later(texts).detach(), head.bias.detach().clone()
        call(_returning(save), head, kinds, str(places[0]))
        if problem := _unsafe(places[0]):
            return problem
        call(_returning(save), later, ["thanks", "fault"], str(places[1]))
        with torch.no_grad():  # what is loaded must come from the folder
            for parameter in (*head.parameters(), *later.parameters()):
                parameter.zero_()
        value = call(load, str(places[0]))
        pair = list(value) if is_a(value, tuple, list) else []
        if len(pair) != 2 or as_list(pair[1]) is None:
            return f"`load` should return the head and the kinds; given: {describe(value)}."
        if not _is_function(pair[0]):
            return f"The first that `load` returns should be a head that can be called; given: {describe(pair[0])}."
        with torch.no_grad():
            again = call(pair[0], texts)
    if close(again, last, 1e-4) or as_list(pair[1]) == ["thanks", "fault"]:
        return "Two heads were saved in two folders, and `load` gives the last one for the first folder, too."
    if as_list(pair[1]) != kinds:
        return f"The kinds should come back as {kinds}, or nobody knows what 0 means; given: {describe(pair[1])}."
    if close(again, right, 1e-4):
        return None
    if close(again, right - bias, 1e-3):
        return "The bias is lost: save it beside the weight."
    if shape(again) in ((5, 3), (5, 2)) and close(again, torch.zeros(*shape(again))):
        return "The loaded head is the very object that was saved, not what lies in the folder."
    return "The loaded head does not give the same logits as the one that was saved."


def _any_head(kinds: int, seed: int):
    """A linear head with weights of its own, and a bias that cannot be overlooked."""
    import torch

    head, random = torch.nn.Linear(384, kinds), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        head.weight.copy_(torch.randn(kinds, 384, generator=random))
        head.bias.copy_(7 * torch.randn(kinds, generator=random))
    return head


def _unsafe(folder) -> str | None:
    """What speaks against the files that were saved; None: nothing."""
    from safetensors import safe_open

    files = [path for path in folder.rglob("*") if path.is_file()]
    if not files:
        return "`save` wrote nothing into the folder that it was given."
    others = [path for path in files if not attempt(lambda path=path: list(safe_open(path, "pt").keys()))]
    for path in others:
        start = path.read_bytes()[:4096]
        if start[:2] in (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05") or b"data.pkl" in start:
            return "One file is a pickle, as `torch.save` writes them: it can run code when loaded. Use safetensors."
    if any(path.suffix == ".safetensors" for path in set(files) - set(others)):
        return None
    names = ", ".join(sorted(path.name for path in files))[:200]
    return f"Expected a file that ends in .safetensors, as `save_file` writes it, with the weights; given: {names}."


def _returning(function):
    """The function, whose None is all right: what `save` returns is its own business."""

    from functools import partial

    def run(*args):
        function(*args)
        return True

    named = partial(run)  # it has no lines that an error message could mistake for the learner's
    named.__name__ = "save"
    return named


EXERCISE = Exercise(
    id="10.42",
    title="Keep it, and load it again",
    minutes=8,
    difficulty="easy",
    starter="def save(head, kinds, folder):\n    ...\n\ndef load(folder):\n    ...",
    answer="(save, load)",
    check=_check_keep,
    context="import torch\nfrom torch import nn",
    expects="the two functions, `(save, load)`",
    hints=(
        "`safetensors.torch` has `save_file(head.state_dict(), path)` and `load_file(path)`; the kinds fit into a "
        "JSON file beside it.",
        "`load` makes a fresh `nn.Linear`, its sizes from the shape of the weight, and `load_state_dict` fills it.",
    ),
    solution=_KEEP,
    wrong=(
        Wrong(
            "def save(head, kinds, folder):\n    return head, kinds\n\n"
            "def load(folder):\n    return save(nn.Linear(384, 3), ['fault', 'wish', 'question'], folder)",
            "wrote nothing into the folder",
        ),
        Wrong(
            "def save(head, kinds, folder):\n    torch.save((head.state_dict(), kinds), f'{folder}/head.pt')\n\n"
            "def load(folder):\n    return torch.load(f'{folder}/head.pt')",
            "One file is a pickle",
        ),
        Wrong(changed(_KEEP, ("    head.load_state_dict(weights)\n", "")), "does not give the same logits"),
        Wrong(changed(_KEEP, ("return head, kinds", "return head")), "should return the head and the kinds"),
        Wrong(
            changed(_KEEP, ("return head, kinds", 'return head, ["question", "fault", "wish", "thanks"]')),
            "The kinds should come back",
        ),
        Wrong(
            changed(
                _KEEP,
                ("head.state_dict()", '{"weight": head.weight.detach()}'),
                (
                    "head.load_state_dict(weights)",
                    "head.load_state_dict(weights, strict=False)\n    nn.init.zeros_(head.bias)",
                ),
            ),
            "The bias is lost",
        ),
        Wrong(
            changed(
                _KEEP,
                ("def save(head, kinds, folder):", "def save(head, kinds, folder):\n    global kept\n    kept = head"),
                ("return head, kinds", "return kept, kinds"),
            ),
            "the very object that was saved",
        ),
        Wrong(
            changed(
                _KEEP,
                (
                    "def save(head, kinds, folder):",
                    "import copy\n\ndef save(head, kinds, folder):\n    global kept\n    kept = copy.deepcopy(head)",
                ),
                ("return head, kinds", "return kept, kinds"),
            ),
            "Two heads were saved in two folders",
        ),
        Wrong(changed(_KEEP, ("return head, kinds", "return weights, kinds")), "a head that can be called"),
        Wrong(
            "import json\n\n"
            "def save(head, kinds, folder):\n"
            "    with open(f'{folder}/head.json', 'w') as file:\n"
            "        json.dump([head.weight.tolist(), head.bias.tolist(), kinds], file)\n\n"
            "def load(folder):\n    return json.load(open(f'{folder}/head.json'))",
            "ends in .safetensors",
        ),
    ),
    alternatives=(
        "from safetensors import safe_open\n"
        "from safetensors.torch import save_model\n"
        "\n"
        "def save(head, kinds, folder):\n"
        "    save_model(head, f'{folder}/model.safetensors', metadata={'kinds': ','.join(kinds)})\n"
        "    return folder\n"
        "\n"
        "def load(folder):\n"
        "    with safe_open(f'{folder}/model.safetensors', 'pt') as file:\n"
        "        kinds = file.metadata()['kinds'].split(',')\n"
        "        weight, bias = file.get_tensor('weight'), file.get_tensor('bias')\n"
        "    return (lambda x: x @ weight.T + bias), kinds",
    ),
)
