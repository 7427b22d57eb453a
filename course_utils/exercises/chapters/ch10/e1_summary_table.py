"""10.1 Build the summary table."""

from course_utils.describing import attempt, is_a
from course_utils.exercises.answers import Slip, as_text, call, describe, plain
from course_utils.exercises.records import Exercise, Wrong, changed

_FAMILIES = ("encoder", "decoder", "encoder-decoder")


_COLUMNS = ("examples", "tasks")


_SUMMARY = """\
def summary_table(models):
    table = {family: {"examples": [], "tasks": []} for family in ("encoder", "decoder", "encoder-decoder")}
    for task, model_class in models:
        config = model_class.config_class()
        family = "decoder" if model_class.can_generate() else "encoder"
        if config.is_encoder_decoder:
            family = "encoder-decoder"
        for column, entry in (("examples", config.model_type), ("tasks", task)):
            if entry not in table[family][column]:
                table[family][column].append(entry)
    return table"""


_ADDED = """\
            if entry not in table[family][column]:
                table[family][column].append(entry)"""


def _plain_row(row):
    """The row in plain Python, or as it is: then the sentence below can say what is wrong with it."""
    if not is_a(row, dict):
        return row
    views = (type({}.keys()), type({}.values()))
    found = attempt(lambda: {key: list(part) if is_a(part, *views) else part for key, part in dict.items(row)})
    return attempt(plain, found, default=row)


def _read_table(value) -> dict[str, dict[str, list[str]]]:
    """The learner's table as plain lists; a Slip says what is wrong with its form."""
    table = attempt(lambda: {family: _plain_row(row) for family, row in dict.items(value)})
    if type(table) is not dict or set(table) != set(_FAMILIES):
        raise Slip(
            "not yet",
            'Expected a dictionary with the three keys "encoder", "decoder" and "encoder-decoder", even where a '
            f"family has no model; given: {describe(value)}.",
        )
    for family, row in table.items():
        if type(row) is not dict or set(row) != set(_COLUMNS):
            raise Slip(
                "not yet",
                f'Under "{family}" there should be a dictionary with the keys "examples" and "tasks"; '
                f"given: {describe(row)}.",
            )
        for column, entries in row.items():
            if type(entries) not in (list, set) or any(as_text(entry) is None for entry in entries):
                raise Slip(
                    "not yet", f'"{column}" of "{family}" should be a list of texts; given: {describe(entries)}.'
                )
            row[column] = sorted(entries)
    return table


def _check_summary(answer) -> str | None:
    import transformers as t

    reasons = (  # one model at a time: (class, family, task, what to look at)
        (t.LlamaForCausalLM, "decoder", "converse", "it writes, and no encoder stands beside it"),
        (t.T5ForConditionalGeneration, "encoder-decoder", "correct grammar", "it writes, but an encoder reads first"),
        (t.MarianMTModel, "encoder-decoder", "translate", "do not go by the name: `is_encoder_decoder` is True"),
        (
            t.BartForSequenceClassification,
            "encoder-decoder",
            "test a hypothesis",
            "both halves are there, writing or not",
        ),
        (t.GPT2LMHeadModel, "decoder", "continue a text", "do not go by the name: `can_generate()` is True"),
        (t.BertForTokenClassification, "encoder", "label words", "it reads, and `can_generate()` is False"),
        (t.ElectraForSequenceClassification, "encoder", "classify a text", "it reads, and `can_generate()` is False"),
    )
    for model_class, family, task, reason in reasons:
        name, kind = model_class.__name__, model_class.config_class.model_type
        table = _read_table(call(answer, [(task, model_class)]))
        found = [f'"{other}"' for other in _FAMILIES if any(table[other].values())]
        if found != [f'"{family}"']:
            shown = " and ".join(found) or "no family"
            return f'`{name}` belongs to "{family}": {reason}. You have it under {shown}.'
        for column, right in zip(_COLUMNS, (kind, task), strict=True):
            if table[family][column] != [right]:
                return f'For `{name}`, "{column}" should be `["{right}"]`; given: {describe(table[family][column])}.'

    models = [
        ("label words", t.BertForTokenClassification),
        ("extract an answer", t.BertForQuestionAnswering),
        ("continue a text", t.GPT2LMHeadModel),
        ("continue a text", t.LlamaForCausalLM),
        ("summarise", t.BartForConditionalGeneration),
        ("label words", t.RobertaForTokenClassification),
    ]
    right = {
        "encoder": (["bert", "roberta"], ["extract an answer", "label words"]),
        "decoder": (["gpt2", "llama"], ["continue a text"]),
        "encoder-decoder": (["bart"], ["summarise"]),
    }
    table = _read_table(call(answer, models))
    for family, columns in right.items():
        for column, entries in zip(_COLUMNS, columns, strict=True):
            given = table[family][column]
            if missing := sorted(set(entries) - set(given)):
                return f'With six models, `{missing[0]}` is missing from "{column}" of "{family}": was it replaced?'
            if len(given) > len(set(given)):
                twice = next(entry for entry in given if given.count(entry) > 1)
                return f'With six models, `{twice}` stands {given.count(twice)} times in "{column}" of "{family}".'
            if given != entries:
                return f'With six models, "{column}" of "{family}" should be `{entries}`; given: {describe(given)}.'
    return None


EXERCISE = Exercise(
    id="10.1",
    title="Build the summary table",
    minutes=8,
    difficulty="medium",
    starter="def summary_table(models):\n    ...",
    answer="summary_table",
    check=_check_summary,
    expects="a function that returns a dictionary of three families",
    hints=(
        "Begin with the empty table: three families, each with two empty lists. Then go through the pairs "
        "and add to the right row.",
        "Two questions decide: is there an encoder beside the decoder (`is_encoder_decoder`)? If not, can it write "
        "(`can_generate()`)? Ask the first one first.",
        "`if entry not in row: row.append(entry)` keeps each entry once.",
    ),
    solution=_SUMMARY,
    wrong=(
        Wrong(changed(_SUMMARY, ("if config.is", 'if family == "encoder" and config.is')), "an encoder reads first"),
        Wrong(
            changed(_SUMMARY, ("model_class.can_generate()", 'config.model_type == "gpt2"')),
            "no encoder stands beside it",
        ),
        Wrong(
            changed(_SUMMARY, ("config.is_encoder_decoder", '"Conditional" in model_class.__name__')),
            "`is_encoder_decoder` is True",
        ),
        Wrong(
            changed(_SUMMARY, ("config.is_encoder_decoder:", "config.is_encoder_decoder and family == 'decoder':")),
            "writing or not",
        ),
        Wrong(
            changed(_SUMMARY, ("model_class.can_generate()", '"CausalLM" in model_class.__name__')),
            "`can_generate()` is True",
        ),
        Wrong(changed(_SUMMARY, (_ADDED, "            table[family][column].append(entry)")), "stands 2 times"),
        Wrong(changed(_SUMMARY, (_ADDED, "            table[family][column] = [entry]")), "was it replaced"),
        Wrong(changed(_SUMMARY, ("config.model_type", "model_class.__name__")), "`['LlamaForCausalLM']`"),
        Wrong(
            changed(_SUMMARY, ('(("examples", config.model_type), ("tasks", task))', '(("tasks", task),)')),
            'should be `["llama"]`; given: a list (`[]`)',
        ),
        Wrong(
            changed(_SUMMARY, ("    return table", "    return {f: row for f, row in table.items() if row['tasks']}")),
            "even where a family has no model",
        ),
        Wrong(
            changed(_SUMMARY, ("    return table", "    return {f: row['examples'] for f, row in table.items()}")),
            'with the keys "examples" and "tasks"',
        ),
        Wrong(
            changed(
                _SUMMARY, ("    return table", "    return {f: {c: iter(r[c]) for c in r} for f, r in table.items()}")
            ),
            "should be a list of texts; given: a list_iterator",
        ),
        Wrong(
            "def summary_table(models):\n"
            '    known = {"bert": "encoder", "gpt2": "decoder", "t5": "encoder-decoder"}\n'
            "    return {known[model.config_class.model_type]: task for task, model in models}",
            "KeyError",
            status="error in your code",
        ),
    ),
    alternatives=(
        "def summary_table(models):\n"
        "    def family_of(model):\n"
        "        if model.config_class().is_encoder_decoder:\n"
        '            return "encoder-decoder"\n'
        '        return "decoder" if model.can_generate() else "encoder"\n'
        "    table = {}\n"
        '    for family in ("encoder", "encoder-decoder", "decoder"):\n'
        "        mine = [(task, model) for task, model in models if family_of(model) == family]\n"
        "        table[family] = {\n"
        '            "tasks": sorted({task for task, _ in mine}),\n'
        '            "examples": {model.config_class.model_type for _, model in mine},\n'
        "        }\n"
        "    return table",
        changed(
            _SUMMARY,
            (
                "    return table",
                "    return {f: {c: dict.fromkeys(v).keys() for c, v in row.items()} for f, row in table.items()}",
            ),
        ),
    ),
    note="An exception: a decoder with a head for labels, such as `LlamaForSequenceClassification`, cannot write.",
)
