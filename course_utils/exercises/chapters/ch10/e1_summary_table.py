"""10.1 Build the summary table."""

from course_utils.describing import attempt, is_a
from course_utils.exercises.answers import Slip, as_list, as_text, call, describe
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

_EMPTY = _SUMMARY.splitlines(keepends=True)[1]
_ADDED = """\
            if entry not in table[family][column]:
                table[family][column].append(entry)"""


def _read_table(value) -> dict[str, dict[str, list[str]]]:
    """The learner's table as plain sorted lists; a Slip says what is wrong with its form."""
    table = attempt(lambda: dict(dict.items(value)))
    if table is None or set(table) != set(_FAMILIES):
        raise Slip(
            "not yet",
            'Expected a dictionary with the three keys "encoder", "decoder" and "encoder-decoder", even where a '
            f"family has no model; given: {describe(value)}.",
        )
    for family, row in table.items():
        if not is_a(row, dict) or set(dict.keys(row)) != set(_COLUMNS):
            raise Slip(
                "not yet",
                f'Under "{family}" there should be a dictionary with the keys "examples" and "tasks"; '
                f"given: {describe(row)}.",
            )
        table[family] = {column: _read_list(entries, column, family) for column, entries in dict.items(row)}
    return table


def _read_list(entries, column: str, family: str) -> list[str]:
    found = as_list(entries)
    if found is None or any(as_text(entry) is None for entry in found):
        raise Slip(
            "not yet",
            f'"{column}" of "{family}" should be a list of texts; given: {describe(entries)}. '
            "(`list(…)` makes a list of a set.)",
        )
    return sorted(found)


def _models():
    """(class, family, what decides): each is asked about alone first, then all together."""
    import transformers as t

    reads, writes, both = "encoder", "decoder", "encoder-decoder"
    return (
        (t.LlamaForCausalLM, writes, "it can write, and `is_encoder_decoder` is False"),
        (t.T5ForConditionalGeneration, both, "`is_encoder_decoder` is True; that it can write, too, does not matter"),
        (t.MarianMTModel, both, "`is_encoder_decoder` is True, whatever its name is"),
        (t.BartForSequenceClassification, both, "`is_encoder_decoder` is True, although it cannot write"),
        (t.GPT2LMHeadModel, writes, "`can_generate()` is True, whatever its name is"),
        (t.BertForTokenClassification, reads, "`can_generate()` is False, and so is `is_encoder_decoder`"),
        (t.BertForMaskedLM, reads, "`can_generate()` is False, although its name has LM in it"),
        (t.ElectraForSequenceClassification, reads, "neither `is_encoder_decoder` nor `can_generate()` is True"),
        (t.MistralForCausalLM, writes, "`can_generate()` is True for this type, too"),
        (t.OPTForCausalLM, writes, "`can_generate()` is True here as well"),
        (t.PegasusForConditionalGeneration, both, "`is_encoder_decoder` is True for this type, too"),
        (t.ViTForImageClassification, reads, "pictures or words, it cannot write and has no decoder"),
        (
            t.Qwen2VLForConditionalGeneration,
            writes,
            "`is_encoder_decoder` is False, whatever its name is; it can write",
        ),
        (t.BertLMHeadModel, writes, "this class can write; other classes of the type `bert` cannot"),
    )


def _check_summary(answer) -> str | None:
    asked = [(f"task {number}", *model) for number, model in enumerate(_models(), 1)]
    for number, (task, model_class, family, reason) in enumerate(asked):
        name, kind = model_class.__name__, model_class.config_class.model_type
        value = call(answer, [(task, model_class)])
        table = _read_table(value)
        entries = {other: [*columns["examples"], *columns["tasks"]] for other, columns in table.items()}
        before = {past[0] for past in asked[:number]} | {past[1].config_class.model_type for past in asked[:number]}
        if old := sorted(before & set(sum(entries.values(), [])) - {kind, task}):
            return (
                f"Asked about `{name}` alone, your table holds `{old[0]}`, too, of another call: make the table inside "
                "the function."
            )
        found = [f'"{other}"' for other in _FAMILIES if entries[other]]
        if found != [f'"{family}"']:
            shown = " and ".join(found) or "no family"
            return (
                f'`{name}` belongs to "{family}": {reason}. Asked about it alone, your table has entries under {shown}.'
            )
        for column, right in zip(_COLUMNS, (kind, task), strict=True):
            if table[family][column] != [right]:
                return f'For `{name}`, "{column}" should be `["{right}"]`; given: {describe(value[family][column])}.'
    return _check_many(answer)


def _check_many(answer) -> str | None:
    """Types and tasks that come again: in one family, and in another, as BERT with a head that writes."""
    import transformers as t

    models = [
        ("classify a text", t.BertForSequenceClassification),
        ("extract an answer", t.BertForQuestionAnswering),
        ("continue a text", t.GPT2LMHeadModel),
        ("continue a text", t.LlamaForCausalLM),
        ("summarise", t.BartForConditionalGeneration),
        ("classify a text", t.RobertaForSequenceClassification),
        ("classify a text", t.BartForSequenceClassification),
        ("summarise", t.LlamaForCausalLM),
        ("continue a text", t.BertLMHeadModel),
    ]
    right = {
        "encoder": (["bert", "roberta"], ["classify a text", "extract an answer"]),
        "decoder": (["bert", "gpt2", "llama"], ["continue a text", "summarise"]),
        "encoder-decoder": (["bart"], ["classify a text", "summarise"]),
    }
    value = call(answer, models)
    table = _read_table(value)
    for family, columns in right.items():
        for column, entries in zip(_COLUMNS, columns, strict=True):
            given = table[family][column]
            if missing := sorted(set(entries) - set(given)):
                return (
                    f'With nine models, `{missing[0]}` is missing from "{column}" of "{family}": each family lists '
                    "what occurs in it, also what another family or another entry had already."
                )
            if len(given) > len(set(given)):
                twice = next(entry for entry in given if given.count(entry) > 1)
                return f'With nine models, `{twice}` stands {given.count(twice)} times in "{column}" of "{family}".'
            if given != entries:
                shown = describe(value[family][column])
                return f'With nine models, "{column}" of "{family}" should be `{entries}`; given: {shown}.'
    table = _read_table(call(answer, []))
    return "For an empty list all lists should be empty." if any(any(row.values()) for row in table.values()) else None


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
        "What should come back for an empty list of models? Begin with that.",
        "Make the empty table: three families, each with two empty lists. Then go through the pairs and add to the "
        "right row.",
        "Two questions decide: is there an encoder beside the decoder (`is_encoder_decoder`)? If not, can it write "
        "(`can_generate()`)? Ask the first one first.",
        "`if entry not in row: row.append(entry)` keeps each entry once.",
    ),
    solution=_SUMMARY,
    why=(
        "Two facts decide, and their order matters: BART for classification has both halves and cannot write, so it is "
        "asked for its halves first. An entry is added only if its row does not hold it yet."
    ),
    wrong=(
        Wrong(
            changed(_SUMMARY, ("if config.is", 'if family == "encoder" and config.is')),
            "that it can write, too, does not",
        ),
        Wrong(
            changed(_SUMMARY, ("model_class.can_generate()", 'config.model_type == "gpt2"')),
            "it can write, and `is_encoder_decoder` is False",
        ),
        Wrong(
            changed(_SUMMARY, ("config.is_encoder_decoder", '"Conditional" in model_class.__name__')),
            "`is_encoder_decoder` is True, whatever its name",
        ),
        Wrong(
            changed(_SUMMARY, ("config.is_encoder_decoder:", "config.is_encoder_decoder and family == 'decoder':")),
            "although it cannot write",
        ),
        Wrong(
            changed(_SUMMARY, ("model_class.can_generate()", '"CausalLM" in model_class.__name__')),
            "`can_generate()` is True, whatever",
        ),
        Wrong(
            changed(_SUMMARY, ("model_class.can_generate()", '"LM" in model_class.__name__')),
            "although its name has LM in it",
        ),
        Wrong(
            changed(_SUMMARY, ("model_class.can_generate()", 'config.model_type in ("gpt2", "llama", "gemma")')),
            "`can_generate()` is True for this type",
        ),
        Wrong(
            changed(
                _SUMMARY, ("config.is_enc", 'config.model_type in ("bart", "t5", "marian", "whisper")  # .is_enc')
            ).replace("  # .is_encoder_decoder:", ":"),
            "`is_encoder_decoder` is True for this type",
        ),
        Wrong(
            changed(_SUMMARY, ("config.is_enc", '"ConditionalGen" in model_class.__name__ or config.is_enc')),
            "is False, whatever its name",
        ),
        Wrong(changed(_SUMMARY, (_ADDED, "            table[family][column].append(entry)")), "stands 2 times"),
        Wrong(
            changed(_SUMMARY, (_ADDED, "            table[family][column] = [entry]")), '"examples" of "encoder": each'
        ),
        Wrong(
            changed(
                _SUMMARY, ("not in table[family][column]", "not in sum((row[column] for row in table.values()), [])")
            ),
            '"examples" of "decoder": each',
        ),
        Wrong(
            "_TABLE = {f: {'examples': [], 'tasks': []} for f in ('encoder', 'decoder', 'encoder-decoder')}\n\n"
            + changed(_SUMMARY, (_EMPTY, "    table = _TABLE\n")),
            "make the table inside the function",
        ),
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
            changed(
                _SUMMARY, ("    return table", "    return {f: {c: set(r[c]) for c in r} for f, r in table.items()}")
            ),
            "should be a list of texts; given: a set",
        ),
        Wrong(
            "def summary_table(models):\n"
            '    known = {"bert": "encoder", "gpt2": "decoder", "t5": "encoder-decoder"}\n'
            "    return {known[model.config_class.model_type]: task for task, model in models}",
            "KeyError",
            status="error in your code",
        ),
    ),
    also_wrong=(
        changed(_SUMMARY, ("model_class.can_generate()", "model_class.can_generate")),
        changed(  # each type once over all families
            _SUMMARY,
            ("in table[family][column]:", "in sum((r[column] for r in table.values() if column == 'examples' or"),
            ("column == 'examples' or", "column == 'examples' or r is table[family]), []):"),
        ),
        changed(
            _SUMMARY,
            (
                _EMPTY,
                '    table = dict.fromkeys(["encoder", "decoder", "encoder-decoder"], {"examples": [], "tasks": []})\n',
            ),
        ),
        changed(
            _SUMMARY,
            ("        for column", "        if config.model_type in _types(table): continue\n        for column"),
        )
        + "\n\ndef _types(table):\n    return [kind for row in table.values() for kind in row['examples']]",
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
        '            "examples": tuple(dict.fromkeys(model.config_class.model_type for _, model in mine)),\n'
        "        }\n"
        "    return table",
    ),
    note="An exception: a decoder with a head for labels, such as `LlamaForSequenceClassification`, cannot write.",
)
