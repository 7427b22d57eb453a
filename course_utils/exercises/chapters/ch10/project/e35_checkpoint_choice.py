"""10.35 A checkpoint for every job."""

from functools import cache

from course_utils.describing import attempt
from course_utils.exercises.answers import describe, plain
from course_utils.exercises.records import Exercise, Wrong, changed

_BUDGET = 300  # MB


_FREE = ("apache-2.0", "mit")


_ENCODES = ("feature-extraction", "fill-mask", "text-classification", "token-classification", "question-answering")


_JOBS = {
    "hear": ("automatic-speech-recognition",),
    "see": ("image-classification",),
    "first try": ("zero-shot-classification", "text-generation"),
    "learn": (*_ENCODES, "zero-shot-classification"),
}


_CHOICE = """\
choice = {
    "hear": ("whisper-tiny.en", "76 MB only, and the callers speak English"),
    "see": ("digits-vit", "it knows the ten digits and has 0.6 MB"),
    "first try": ("minilm-similarity", "needs no labels, and is apache-2.0"),
    "learn": ("all-MiniLM-L6-v2", "one vector a text from 91 MB, enough for a head"),
}"""


@cache
def _checkpoints() -> dict[str, tuple[float, str, bool, frozenset[str]]]:
    """Of every checkpoint of the catalogue: megabytes, licence, whether there are safetensors, and its pipelines."""
    from course_utils import tasks

    found: dict[str, tuple] = {}
    for task in tasks().values():
        for row, name, safe in (
            (task.hub, getattr(task.hub, "repo", ""), getattr(task.hub, "safetensors", True)),
            (task.offline, getattr(task.offline, "name", ""), True),
        ):
            if row is not None:
                known = found.get(name, (0, "", True, frozenset()))[3]
                found[name] = (row.megabytes, row.licence, safe, known | {task.pipeline})
    return found


def _check_choice(answer) -> str | None:
    chosen = attempt(plain, answer)
    if type(chosen) is not dict or chosen.keys() != _JOBS.keys():
        return f"The answer should be a dictionary with the four jobs {', '.join(_JOBS)}; given: {describe(answer)}."
    for job, pair in chosen.items():
        if type(pair) is not list or len(pair) != 2 or not all(type(part) is str for part in pair):
            return f"Each job gets a pair of texts, `(checkpoint, reason)`; for {job}: {describe(pair)}."
    for job, (name, reason) in chosen.items():
        if len(name + reason) > 1000:
            return f"The reason for {job} is long: one sentence is enough."
        if problem := _unfit(job, name.strip(), reason):
            return problem
    if len({" ".join(reason.lower().split()) for _, reason in chosen.values()}) < len(chosen):
        return "The same reason stands twice: what speaks for this one?"
    total = sum(_checkpoints()[name][0] for name in {name.strip() for name, _ in chosen.values()})
    if total > _BUDGET:
        return f"Together they have {total:,.0f} MB, and the desk has room for {_BUDGET}: take a smaller one."
    return None


def _unfit(job: str, name: str, reason: str) -> str | None:
    """What speaks against this checkpoint for this job, or against its reason; None: nothing."""
    import re

    from course_utils import tasks

    if name in tasks():
        return f"{name!r} is a task of the course; write the name of a checkpoint, the last column of the table."
    if name not in _checkpoints():
        return f"The catalogue has no checkpoint {name[:60]!r} for {job}: copy a name out of the table."
    megabytes, licence, safe, pipelines = _checkpoints()[name]
    if not pipelines & set(_JOBS[job]):
        return f"{name} is for {', '.join(sorted(pipelines))}: it cannot do the job {job!r}."
    if job == "see" and name != "digits-vit":
        return f"{name} knows a thousand things, but handwritten digits are none of them: read what its labels are."
    if not licence:
        return f"For {name} no licence is declared, and without one nobody may use it: choose another for {job}."
    if licence not in _FREE:
        return f"{name} has the licence {licence}; the museum asks for a permissive one, {' or '.join(_FREE)}."
    if not safe:
        return f"{name} has no safetensors, and the course loads nothing else."
    if len(reason.split()) < 4:
        return f"Give a reason for {job}, a sentence of four words or more; given: {reason!r}."
    if not _names_size(reason, megabytes) and not re.search(rf"\b{licence.split('-')[0]}\b", reason.lower()):
        return f"The reason for {job} should hold a fact that can be looked up: the megabytes or the licence of {name}."
    return None


def _names_size(text: str, megabytes: float) -> bool:
    """Does it name the megabytes, "76 MB", "76MB" or rounded to "80"?"""
    import re

    words = re.findall(r"(?<![\w.-])\d+(?:\.\d+)?(?=mb\b|megabytes?\b|(?![\w-]))", text.lower().replace(",", ""))
    return any(abs(float(word) - megabytes) <= 0.1 * megabytes for word in words)


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
        "Strike out what is too large for 300 MB together, what has no licence, and what has another than MIT or "
        "Apache.",
        'A reason that can be looked up names the megabytes or the licence: `"76 MB only, and …"`.',
    ),
    solution=_CHOICE,
    wrong=(
        Wrong(changed(_CHOICE, ('"whisper-tiny.en"', '"speech-recognition"')), "is a task of the course"),
        Wrong(changed(_CHOICE, ('"whisper-tiny.en"', '"whisper"')), "The catalogue has no checkpoint"),
        Wrong(changed(_CHOICE, ('"all-MiniLM-L6-v2"', '"digits-vit"')), "it cannot do the job 'learn'"),
        Wrong(changed(_CHOICE, ('"digits-vit"', '"google/vit-base-patch16-224"')), "knows a thousand things"),
        Wrong(
            changed(_CHOICE, ('"all-MiniLM-L6-v2"', '"dbmdz/bert-large-cased-finetuned-conll03-english"')),
            "no licence is declared",
        ),
        Wrong(changed(_CHOICE, ('"all-MiniLM-L6-v2"', '"minilm-fill-mask"')), "has the licence cc-by-sa-4.0"),
        Wrong(changed(_CHOICE, ("it knows the ten digits and has 0.6 MB", "good")), "Give a reason for see"),
        Wrong(
            changed(_CHOICE, ("it knows the ten digits and has 0.6 MB", "its licence may permit all of that")),
            "The reason for see should hold a fact",
        ),
        Wrong(changed(_CHOICE, ("76 MB only", "Small")), "The reason for hear should hold a fact"),
        Wrong(
            changed(
                _CHOICE,
                ('"all-MiniLM-L6-v2"', '"distilbert/distilbert-base-cased"'),
                ("one vector a text from 91 MB", "distilled, apache-2.0"),
            ),
            "Together they have 431 MB",
        ),
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
    ),
    note="Write the reasons down where others find them: half of it will stand in the model card.",
)
