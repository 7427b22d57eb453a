"""10.42 Keep it, and load it again."""

from course_utils.describing import attempt, untouched
from course_utils.exercises.answers import Slip, as_list, call, close, describe, is_a
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


_PICKLE = (
    "One file is a pickle, as `pickle.dump` or `torch.save` writes it: it can run code when loaded. Use safetensors "
    "for the weights, and JSON for the kinds."
)


_REMEMBERED = "import copy\n\nKEPT = {}\n" + changed(
    _KEEP,
    ("folder):\n    save_file", "folder):\n    KEPT[folder] = copy.deepcopy(head)\n    save_file"),
    ("return head, kinds", "return KEPT[folder], kinds"),
)


def _joined(mark: str) -> str:
    """The kinds as one text with marks between them: a kind that holds the mark is cut."""
    read = '(Path(folder) / "kinds.json").read_text(encoding="utf-8")'
    return changed(
        _KEEP,
        ("json.dumps(kinds)", f"{mark!r}.join(kinds)"),
        (f"json.loads({read})", f"{read}.split({mark!r})"),
        ("len(kinds))", "len(weights['weight']))"),
    )


def _is_function(answer) -> bool:
    return attempt(callable, answer, default=False) is True


def _check_keep(answer) -> str | None:
    import shutil
    import tempfile
    from pathlib import Path

    import torch

    if not (is_a(answer, tuple, list) and len(answer) == 2 and all(map(_is_function, answer))):
        return f"The answer should be the two functions, `(save, load)`; given: {describe(answer)}."
    if any(map(untouched, answer)):
        raise Slip("not attempted", "Replace `...` in both functions and run this cell again.")
    save, load = answer
    # (inputs, kinds): other sizes, numbers and orders than the project's
    heads = [
        (384, ["fault", "wish", "lost and found, café"]),
        (12, ["b", "a", "d", "c", "e"]),
        (6, ["lost|found", "two\n\nlines, one\ttab", "", 'say "so"', "wish", "wish"]),
        (384, ["thanks", "fault"]),
    ]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        made, saved = [], []
        for number, (inputs, kinds) in enumerate(heads):
            folder = Path(place, f"saved {number}")
            folder.mkdir()
            head = _any_head(inputs, len(kinds), seed=number)
            texts = torch.randn(5, inputs, generator=torch.Generator().manual_seed(number))  # [texts, hidden]
            right, bias = head(texts).detach(), head.bias.detach().clone()
            call(_returning(save), head, kinds, str(folder))
            if problem := _unsafe(folder):
                return problem
            with torch.no_grad():  # what is loaded must come from the folder
                for parameter in head.parameters():
                    parameter.zero_()
            elsewhere = Path(place, f"moved {number}")
            shutil.move(folder, elsewhere)
            saved.append(head)
            made.append((elsewhere, kinds, texts, right, bias))
        last = made[-1][1]
        for folder, kinds, texts, right, bias in made:
            value = _loaded(load, folder)
            pair = list(value) if is_a(value, tuple, list) else []
            if len(pair) != 2 or as_list(pair[1]) is None:
                return f"`load` should return the head and the kinds, in this order; given: {describe(value)}."
            if not _is_function(pair[0]):
                return f"The first that `load` returns should be a head that can be called; given: {describe(pair[0])}."
            if any(pair[0] is head for head in saved):
                return "`load` returns the very object that was saved, not what lies in the folder."
            if as_list(pair[1]) == last != kinds:
                return f"{len(made)} heads were saved; for the folder of an earlier one `load` gives the last kinds."
            if as_list(pair[1]) != kinds:
                return f"The kinds should come back as {kinds}; given: {describe(pair[1])}."
            with torch.no_grad():
                again = call(pair[0], texts)
            if not close(again, right, 1e-4):
                if close(again, right - bias, 1e-3):
                    return "The bias is lost: save it beside the weight."
                return "The loaded head does not give the same logits as the one that was saved."
    return None


def _any_head(inputs: int, kinds: int, seed: int):
    """A linear head with weights of its own, and a bias that cannot be overlooked."""
    import torch

    head, random = torch.nn.Linear(inputs, kinds), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        head.weight.copy_(torch.randn(kinds, inputs, generator=random))
        head.bias.copy_(7 * torch.randn(kinds, generator=random))
    return head


def _loaded(load, folder):
    """What `load` returns for the folder, which was moved: an error that names the old place says so."""
    try:
        return call(load, str(folder))
    except Slip as slip:
        if "saved " not in slip.message:
            raise
        raise Slip(slip.status, f"{slip.message} The folder was moved after `save` had written into it.") from None


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
            return _PICKLE
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
        "Imagine a new computer with nothing but the folder: what must lie in it so that a message gets its pile?",
        "`safetensors.torch` has `save_file(head.state_dict(), path)` and `load_file(path)`; the kinds fit into a "
        "JSON file beside it.",
        "`load` makes a fresh `nn.Linear`, its sizes from the shape of the weight, and `load_state_dict` fills it.",
    ),
    solution=_KEEP,
    why=(
        "The weights alone do not say which number means which pile, so the kinds are saved beside them. The shape of "
        "the weight gives the size of the head, so `load` needs nothing but the folder."
    ),
    wrong=(
        Wrong(
            "def save(head, kinds, folder):\n    return head, kinds\n\n"
            "def load(folder):\n    return nn.Linear(384, 3), ['fault', 'wish', 'question']",
            "wrote nothing into the folder",
        ),
        Wrong(
            "def save(head, kinds, folder):\n    torch.save((head.state_dict(), kinds), f'{folder}/head.pt')\n\n"
            "def load(folder):\n    return torch.load(f'{folder}/head.pt')",
            "One file is a pickle",
        ),
        Wrong(changed(_KEEP, ("    head.load_state_dict(weights)\n", "")), "does not give the same logits"),
        Wrong(changed(_KEEP, ("return head, kinds", "return head")), "should return the head and the kinds, in"),
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
                    "import copy\n\ndef save(head, kinds, folder):\n    global kept, names\n"
                    "    kept, names = copy.deepcopy(head), kinds",
                ),
                ("return head, kinds", "return kept, names"),
            ),
            "4 heads were saved",
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
        Wrong(
            changed(
                _KEEP,
                ("json.dumps(kinds)", "json.dumps([folder, kinds])"),
                ("kinds = json.loads(", "folder, kinds = json.loads("),
            ),
            "The folder was moved",
            status="error in your code",
        ),
    ),
    also_wrong=(
        changed(_KEEP, ("return head, kinds", "return kinds, head")),
        _joined(" "),
        "import pickle\n"
        + changed(_KEEP, ('write_text(json.dumps(kinds), encoding="utf-8")', "write_bytes(pickle.dumps(kinds))")),
        changed(_KEEP, ("json.dumps(kinds)", "json.dumps(sorted(kinds))")),
        changed(_KEEP, ('weights["weight"].shape[1], len(kinds)', "384, len(kinds)")),
        changed(_KEEP, ('weights["weight"].shape[1], len(kinds)', "384, 4")),
        changed(
            _KEEP, ("save_file(head.state_dict()", "save_file({k: v.half() for k, v in head.state_dict().items()}")
        ).replace("load_state_dict(weights)", "load_state_dict({k: v.float() for k, v in weights.items()})"),
        *map(_joined, ("\n", "\t", "|", ", ", "\n\n")),
        changed(
            _KEEP,
            ("json.dumps(kinds)", "json.dumps(dict.fromkeys(kinds))"),
            ("return head, kinds", "return head, list(kinds)"),
            ("len(kinds))", "len(weights['weight']))"),
        ),
        _REMEMBERED,
    ),
    alternatives=(
        "import json\n"
        "from safetensors import safe_open\n"
        "from safetensors.torch import save_model\n"
        "\n"
        "def save(head, kinds, folder):\n"
        "    save_model(head, f'{folder}/model.safetensors', metadata={'kinds': json.dumps(kinds)})\n"
        "    return folder\n"
        "\n"
        "def load(folder):\n"
        "    with safe_open(f'{folder}/model.safetensors', 'pt') as file:\n"
        "        kinds = json.loads(file.metadata()['kinds'])\n"
        "        weight, bias = file.get_tensor('weight'), file.get_tensor('bias')\n"
        "    return (lambda x: x @ weight.T + bias), kinds",
    ),
)
