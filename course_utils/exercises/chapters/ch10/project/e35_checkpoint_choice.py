"""10.35 A checkpoint for every job."""

from functools import cache

from course_utils.describing import attempt, describe
from course_utils.exercises.answers import plain
from course_utils.exercises.records import Exercise, Wrong, changed

_BUDGET = 300  # MB


_FREE = ("apache-2.0", "mit")


_SORTS = ("zero-shot-classification", "text-generation", "feature-extraction", "fill-mask")  # all can, without labels


_ENCODES = ("feature-extraction", "fill-mask", "text-classification", "token-classification", "question-answering")


_JOBS = {
    "hear": ("automatic-speech-recognition",),
    "see": ("image-classification",),
    "first try": _SORTS,
    "learn": (*_ENCODES, "zero-shot-classification"),
}


_SIZES = r"(?<![\w.,-])(\d+(?:[.,]\d+)*)[ -]?(?:mbs?\b|megabytes?\b)"
_LICENCES = r"(?<!not )(?<!no )\b(apache|mit\b|gpl|bsd|cc[- ]by[\w-]*)"


_CHOICE = """\
choice = {
    "hear": ("whisper-tiny.en", "76 MB only, and the callers speak English"),
    "see": ("digits-vit", "it knows the ten digits and has 0.6 MB"),
    "first try": ("minilm-similarity", "needs no labels, and is apache-2.0"),
    "learn": ("all-MiniLM-L6-v2", "one vector a text from 91 MB, enough for a head"),
}"""


@cache
def _checkpoints() -> dict[str, tuple[float, str, frozenset[str]]]:
    """Of every checkpoint of the catalogue: megabytes, licence, and the pipelines that it is listed for."""
    from course_utils import tasks

    found: dict[str, tuple] = {}
    for task in tasks().values():
        own = [(task.offline, task.offline.name)] if task.offline else []
        for row, name in [*((hub, hub.repo) for hub in task.hubs), *own]:
            known = found.get(name, (0, "", frozenset()))[2]
            found[name] = (row.megabytes, row.licence, known | {task.pipeline})
    return found


def _check_choice(answer) -> str | None:
    chosen = attempt(plain, answer)
    if type(chosen) is not dict or chosen.keys() != _JOBS.keys():
        return f"The answer should be a dictionary with the four jobs {', '.join(_JOBS)}; given: {describe(answer)}."
    for job, pair in chosen.items():
        if type(pair) is not list or len(pair) != 2 or not all(type(part) is str for part in pair):
            return f"Each job gets a pair of texts, `(checkpoint, reason)`; for {job}: {describe(answer[job])}."
    chosen = {job: (name.strip(), reason) for job, (name, reason) in chosen.items()}
    for job, (name, _) in chosen.items():
        if problem := _unfit(job, name):
            return problem
    total = sum(_checkpoints()[name][0] for name in {name for name, _ in chosen.values()})
    if total > _BUDGET:
        return f"Together they have {total:,.0f} MB, and the desk has room for {_BUDGET}: take a smaller one."
    for job, (name, reason) in chosen.items():
        if problem := _not_a_fact(job, name, reason[:2000], total):
            return problem
    return None


def _unfit(job: str, name: str) -> str | None:
    """What speaks against this checkpoint for this job; None: nothing."""
    from course_utils import tasks

    if name in tasks():
        return f"{name!r} is a task of the course; write the name of a checkpoint, the last column of the table."
    if name not in _checkpoints():
        return f"The catalogue has no checkpoint {name[:60]!r} for {job}: copy a name out of the table."
    _, licence, pipelines = _checkpoints()[name]
    if not pipelines & set(_JOBS[job]):
        return f"{name} is listed for {', '.join(sorted(pipelines))}: look for one that fits the job {job!r}."
    if job == "see" and name != "digits-vit":
        return f"{name} knows a thousand things, but handwritten digits are none of them: read what its labels are."
    if not licence:
        return f"For {name} no licence is declared, and without one nobody may use it: choose another for {job}."
    if licence not in _FREE:
        return f"{name} has the licence {licence}; the museum asks for a permissive one, {' or '.join(_FREE)}."
    return None


def _not_a_fact(job: str, name: str, reason: str, total: float) -> str | None:
    """What is wrong with the facts in this reason; None: it holds the size or the licence of the checkpoint.

    What else it says of others is free: the size of this one must be among the sizes that it names, if it names any,
    and the same for licences.
    """
    import re

    megabytes, licence, _ = _checkpoints()[name]
    sizes, licences = re.findall(_SIZES, reason, re.IGNORECASE), re.findall(_LICENCES, reason, re.IGNORECASE)
    own_size = any(_same(word, megabytes) for word in sizes)
    own_licence = licence.split("-")[0] in map(str.lower, licences)
    others = [word for word in sizes if not any(_same(word, size) for size in (total, _BUDGET))]
    if others and not own_size:
        return f"{name} has {megabytes:g} MB; the reason for {job} names {others[0]} MB, but not its own size."
    if licences and not own_licence:
        return f"{name} has the licence {licence}; the reason for {job} names {licences[0]}, but not its own."
    if own_size or own_licence:
        return None
    return (
        f"The reason for {job} should hold a fact of the table: how many MB {name} has, the number and then MB, or the "
        "name of its licence."
    )


def _same(word: str, megabytes: float) -> bool:
    """Is this number the size, perhaps rounded: "76", "80", "0.6", "0,6" or "1,629"?"""
    import re

    word = re.sub(r",(?=\d{3}\b)", "", word).replace(",", ".")
    if word.count(".") > 1:
        return False
    decimals = len(word.partition(".")[2])
    return abs(float(word) - megabytes) <= 0.1 * megabytes or float(word) == round(megabytes, decimals)


EXERCISE = Exercise(
    id="10.35",
    title="A checkpoint for every job",
    minutes=8,
    difficulty="easy",
    starter=(
        "choice = {\n"
        '    "hear": ...,  # (name of the checkpoint, your reason)\n'
        '    "see": ...,\n'
        '    "first try": ...,\n'
        '    "learn": ...,\n'
        "}"
    ),
    answer="choice",
    check=_check_choice,
    expects="a dictionary from each job to a pair of texts",
    hints=(
        "Which rows of the table are left when all that is too large, or has no fitting licence, is struck out?",
        "The 300 MB are for the four together: the large ones of the Hub go first. Digits need a model of digits.",
        'A reason that can be looked up names the megabytes or the licence: `"76 MB only, and …"`.',
    ),
    solution=_CHOICE,
    why=(
        "These four take 259 of the 300 MB, all under MIT or Apache. The two MiniLM checkpoints are one body: one "
        "compares a text with the words for the piles, the other is the body for a head."
    ),
    wrong=(
        Wrong(changed(_CHOICE, ('"whisper-tiny.en"', '"speech-recognition"')), "is a task of the course"),
        Wrong(changed(_CHOICE, ('"whisper-tiny.en"', '"whisper"')), "The catalogue has no checkpoint"),
        Wrong(changed(_CHOICE, ('"all-MiniLM-L6-v2"', '"digits-vit"')), "fits the job 'learn'"),
        Wrong(changed(_CHOICE, ('"minilm-similarity"', '"minilm-ner"')), "fits the job 'first try'"),
        Wrong(changed(_CHOICE, ('"digits-vit"', '"google/vit-base-patch16-224"')), "knows a thousand things"),
        Wrong(
            changed(_CHOICE, ('"all-MiniLM-L6-v2"', '"dbmdz/bert-large-cased-finetuned-conll03-english"')),
            "no licence is declared",
        ),
        Wrong(changed(_CHOICE, ('"all-MiniLM-L6-v2"', '"minilm-fill-mask"')), "has the licence cc-by-sa-4.0"),
        Wrong(
            changed(_CHOICE, ("it knows the ten digits and has 0.6 MB", "its licence may permit all of that")),
            "The reason for see should hold a fact",
        ),
        Wrong(changed(_CHOICE, ("76 MB only", "Small")), "The reason for hear should hold a fact"),
        Wrong(changed(_CHOICE, ("76 MB only", "Apache")), "for hear names Apache, but"),
        Wrong(changed(_CHOICE, ("76 MB only", "0.6 MB only")), "for hear names 0.6 MB, but"),
        Wrong(changed(_CHOICE, ("76 MB only", "76 MB, licence cc-by-sa")), "for hear names cc-by-sa, but"),
        Wrong(
            changed(
                _CHOICE,
                ('"all-MiniLM-L6-v2"', '"distilbert/distilbert-base-cased"'),
                ("one vector a text from 91 MB", "91 MB"),
                ("76 MB only, and the callers speak English", "MIT"),
            ),
            "Together they have 431 MB",
        ),
        Wrong(changed(_CHOICE, ('"minilm-similarity"', '"facebook/bart-large-mnli"')), "Together they have 1,797 MB"),
    ),
    also_wrong=(
        changed(_CHOICE, ('("digits-vit", "it knows the ten digits and has 0.6 MB")', '"digits-vit"')),
        changed(_CHOICE, ("0.6 MB", "76 MB")),
        changed(_CHOICE, ("and is apache-2.0", "and has 16 layers")),
        changed(_CHOICE, ("and is apache-2.0", "and reaches 91 % in tests")),
        changed(_CHOICE, ("76 MB only", "The number 76")),
        changed(_CHOICE, ("76 MB only", "Its licence is not MIT")),
        changed(_CHOICE, ("76 MB only", "Smaller than 3087 MB")),
        changed(_CHOICE, ("76 MB only", "MIT, and 500 MB")),
    ),
    alternatives=(
        changed(_CHOICE, ('"all-MiniLM-L6-v2"', '"minilm-sentiment"')),
        changed(_CHOICE, ("76 MB only", "about 80MB"), ("and is apache-2.0", "and has the Apache licence")),
        changed(
            _CHOICE,
            (
                '"all-MiniLM-L6-v2", "one vector a text from 91 MB, enough for a head"',
                '"minilm-similarity", "the same as above: another 91 MB are not needed"',
            ),
        ),
        'choice = {\n    "hear": ["whisper-tiny.en", "MIT"],\n    "see": ["digits-vit", "0.6 MB, Apache 2.0"],\n'
        '    "first try": ["all-MiniLM-L6-v2", "91 MB"],\n    "learn": ["all-MiniLM-L6-v2", "91 MB"],\n}',
        changed(
            _CHOICE,
            ("76 MB only", "At 76 MB it fits; large-v3, with 3087 MB, does not"),
            ("needs no labels, and is apache-2.0", "the other one is 1,629 MB, this one 91 megabytes"),
        ),
        changed(_CHOICE, ("76 MB only", "MIT, as the museum wants, of 300 MB"), ("0.6 MB", "1 MB, rounded")),
        changed(
            _CHOICE,
            ("76 MB only", "With 76 MB it is far below the 3087 MB of whisper-large-v3"),
            ("0.6 MB", "0,6 MB"),
            ("91 MB,", "91-MB file, so it stays under 100 MB,"),
            ("apache-2.0", "not MIT, but Apache"),
        ),
    ),
    note="Write the reasons down where others find them: half of it will stand in the model card.",
)
