"""Exercises of notebook 10, the summary table and the quiz. The closing project is in `ch10b`."""

from .answers import Slip, as_text, call, describe, plain
from .objects import attempt, is_a
from .records import Choice, Exercise, Option, Wrong

_FAMILIES = ("encoder", "decoder", "encoder-decoder")
_COLUMNS = ("examples", "tasks")


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

EXERCISES = [
    Exercise(
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
            Wrong(_SUMMARY.replace("if config.is", 'if family == "encoder" and config.is'), "an encoder reads first"),
            Wrong(
                _SUMMARY.replace("model_class.can_generate()", 'config.model_type == "gpt2"'),
                "no encoder stands beside it",
            ),
            Wrong(
                _SUMMARY.replace("config.is_encoder_decoder", '"Conditional" in model_class.__name__'),
                "`is_encoder_decoder` is True",
            ),
            Wrong(
                _SUMMARY.replace("config.is_encoder_decoder:", "config.is_encoder_decoder and family == 'decoder':"),
                "writing or not",
            ),
            Wrong(
                _SUMMARY.replace("model_class.can_generate()", '"CausalLM" in model_class.__name__'),
                "`can_generate()` is True",
            ),
            Wrong(_SUMMARY.replace(_ADDED, "            table[family][column].append(entry)"), "stands 2 times"),
            Wrong(_SUMMARY.replace(_ADDED, "            table[family][column] = [entry]"), "was it replaced"),
            Wrong(_SUMMARY.replace("config.model_type", "model_class.__name__"), "`['LlamaForCausalLM']`"),
            Wrong(
                _SUMMARY.replace('(("examples", config.model_type), ("tasks", task))', '(("tasks", task),)'),
                'should be `["llama"]`; given: a list (`[]`)',
            ),
            Wrong(
                _SUMMARY.replace("    return table", "    return {f: row for f, row in table.items() if row['tasks']}"),
                "even where a family has no model",
            ),
            Wrong(
                _SUMMARY.replace("    return table", "    return {f: row['examples'] for f, row in table.items()}"),
                'with the keys "examples" and "tasks"',
            ),
            Wrong(
                _SUMMARY.replace(
                    "    return table", "    return {f: {c: iter(r[c]) for c in r} for f, r in table.items()}"
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
            _SUMMARY.replace(
                "    return table",
                "    return {f: {c: dict.fromkeys(v).keys() for c, v in row.items()} for f, row in table.items()}",
            ),
        ),
        note="An exception: a decoder with a head for labels, such as `LlamaForSequenceClassification`, cannot write.",
    ),
    Choice(
        id="10.2",
        title="Fixed weights",
        minutes=2,
        difficulty="easy",
        topic="Checkpoints",
        section="00_start_here.ipynb#Where the models come from",
        question=(
            "`revision=` takes a *branch* (a row of commits), a *tag* (a name given to one of them) or a commit. What "
            "can never come to mean other weights?"
        ),
        options={
            "a": Option(
                "`main`, a repository's usual branch",
                "A branch moves on with every commit: `main` is whatever came last.",
            ),
            "b": Option(
                "`v1.0`, a tag its owner has set",
                "A tag usually stays, but its owner can delete it and set it on another commit.",
            ),
            "c": Option(
                "`714eb0f…`, a commit in full",
                "A full commit is a fingerprint of one exact state; other files would have another one.",
                correct=True,
            ),
            "d": Option(
                "None, with a fixed library version",
                "Without a revision you get the newest commit of `main`, whatever version the library has.",
            ),
        },
        hints=(
            "Which of the four can the owner of the repository move?",
            "One of them is computed from the content itself, like the SHA-256 of a file.",
        ),
    ),
    Choice(
        id="10.3",
        title="A stranger's file",
        minutes=2,
        difficulty="easy",
        topic="Checkpoints",
        section="00_start_here.ipynb#What is in a checkpoint",
        question="A stranger sends you `model.safetensors` and its SHA-256. Which statements are true?",
        options={
            "a": Option(
                "The fingerprint proves who made it",
                "Anybody can compute the SHA-256 of any file. It shows that two files are the same, not where "
                "they are from.",
            ),
            "b": Option(
                "Loading it runs no program from the file",
                "The format is a table of names and shapes, then numbers; nothing in it can be executed.",
                correct=True,
            ),
            "c": Option(
                "If one bit changes, so does the SHA-256",
                "That is what a fingerprint is for: compare it before you use the file.",
                correct=True,
            ),
            "d": Option(
                "Its answers will do no harm",
                "The format says how numbers are stored, not what the model answers: safe to load is not safe to "
                "trust.",
            ),
        },
        hints=(
            "Two different things could be dangerous: loading the file, and believing its answers.",
            "Whoever sends a file can also compute its fingerprint.",
        ),
    ),
    Choice(
        id="10.4",
        title="One batch",
        minutes=2,
        difficulty="easy",
        topic="From data to numbers",
        section="02_pipelines.ipynb#Step 1: from text to ids",
        question=(
            "Two texts have 6 and 9 tokens, special tokens included. What is printed?\n"
            "\n"
            "```python\n"
            'inputs = tokenizer(texts, padding=True, return_tensors="pt")\n'
            'print(list(inputs["input_ids"].shape), inputs["attention_mask"].sum().item())\n'
            "```"
        ),
        options={
            "a": Option(
                "`[2, 15] 15`",
                "The second dimension is the length of one row, not of both texts together.",
            ),
            "b": Option(
                "`[2, 9] 18`",
                "The shape is right, but three places of the shorter text are padding, and their mask is 0.",
            ),
            "c": Option(
                "`[15] 2`",
                "A batch is a table with a row for each text; the mask has a number for each token, not for each text.",
            ),
            "d": Option(
                "`[2, 9] 15`",
                "Two rows as long as the longer text; the mask is 1 for the 6 + 9 real tokens and 0 for the three "
                "of padding.",
                correct=True,
            ),
        },
        hints=(
            "The tensor is a rectangle: what happens to the shorter text?",
            "The mask has the shape of the ids. Where is it 0?",
        ),
    ),
    Choice(
        id="10.5",
        title="Logits to answers",
        minutes=3,
        difficulty="medium",
        topic="From data to numbers",
        section="02_pipelines.ipynb#Step 3: from logits to an answer",
        question=(
            "What does the classifier answer for these two texts?\n"
            "\n"
            "```python\n"
            "logits = torch.tensor([[2.0, -1.0], [0.0, 3.0]])  # [texts, labels]\n"
            'id2label = {0: "NEGATIVE", 1: "POSITIVE"}\n'
            "```"
        ),
        options={
            "a": Option(
                "`NEGATIVE 2.00`, `POSITIVE 3.00`",
                "These are the logits. A score is a share of 1, so softmax comes first.",
            ),
            "b": Option(
                "`NEGATIVE 0.95`, `POSITIVE 0.95`",
                "In both rows the gap is 3, so the winner gets 1 / (1 + e⁻³) = 0.95.",
                correct=True,
            ),
            "c": Option(
                "`NEGATIVE 0.88`, `POSITIVE 0.98`",
                "That is softmax down the columns (`dim=0`), over the texts. The labels of one text share the 1: "
                "`dim=-1`.",
            ),
            "d": Option(
                "`NEGATIVE 0.95`, `NEGATIVE 0.05`",
                "That reads the first label both times. Take the best of each row: `argmax` along the labels.",
            ),
        },
        hints=(
            "Softmax depends only on the differences within a row.",
            "e to the power of 3 is about 20; the shares are 20 to 1.",
        ),
    ),
    Choice(
        id="10.6",
        title="Four seconds",
        minutes=2,
        difficulty="medium",
        topic="From data to numbers",
        section="03_beyond_text.ipynb#2. Speech",
        question="Whisper gets four seconds of sound. What does its encoder read?",
        options={
            "a": Option(
                "A spectrogram of 30 seconds, mostly silence",
                "The feature extractor fills every clip up to 30 seconds: 3,000 columns, a hundred for each second.",
                correct=True,
            ),
            "b": Option(
                "A spectrogram of four seconds, no padding",
                "That would save work, but Whisper always takes 30 seconds; the rest is filled with silence.",
            ),
            "c": Option(
                "64,000 numbers, each of them a token",
                "So many numbers come in at 16,000 a second, but the feature extractor first makes a picture of them.",
            ),
            "d": Option(
                "The words, as its decoder has spelled them",
                "The decoder comes after the encoder: it reads the encoder's vectors and writes the words.",
            ),
        },
        hints=(
            "Think of the shape that the feature extractor printed: pitches by hundredths of a second.",
            "That shape was the same for a clip of eight seconds.",
        ),
    ),
    Choice(
        id="10.7",
        title="Three labels",
        minutes=2,
        difficulty="easy",
        topic="Tasks and pipelines",
        section="02_pipelines.ipynb#3. Zero-shot: labels you make up",
        question=(
            "`FacebookAI/roberta-large-mnli` knows the labels *contradiction*, *neutral* and *entailment*. What is "
            "its task?"
        ),
        options={
            "a": Option(
                "To mark the words that contradict each other",
                "That would need a label for every word. Here a pair of texts gets a single one.",
            ),
            "b": Option(
                "To rate a review as bad, mixed or good",
                "A rating judges one text. These three labels say how a second text relates to the first.",
            ),
            "c": Option(
                "To write what follows from a text",
                "It chooses among three labels and writes nothing.",
            ),
            "d": Option(
                "To say whether one text supports another",
                "Premise and hypothesis go in as a pair. Zero-shot classification is built on this task.",
                correct=True,
            ),
        },
        hints=(
            "How many texts does one need to speak of a contradiction?",
            "Premise, hypothesis: you met both where labels were made up.",
        ),
    ),
    Choice(
        id="10.8",
        title="Zero-shot, zero labels",
        minutes=2,
        difficulty="easy",
        topic="Tasks and pipelines",
        section="02_pipelines.ipynb#3. Zero-shot: labels you make up",
        question='`zero_shot("The goalkeeper saved two penalties.")` stops with a `TypeError`. Why?',
        options={
            "a": Option(
                "There are no labels to make hypotheses of",
                'Each label becomes a hypothesis, "This example is sport."; without `candidate_labels` there is '
                "nothing to compare.",
                correct=True,
            ),
            "b": Option(
                "Zero-shot needs at least one example",
                "Zero-shot means no example. What it needs is the names of the labels.",
            ),
            "c": Option(
                "The model was never trained on sport",
                "It needs no training for a topic: it compares the text with any labels you name.",
            ),
            "d": Option(
                "One sentence is too short for it",
                "One sentence is enough; those of notebook 02 were no longer.",
            ),
        },
        hints=(
            "What did every call of `zero_shot` in notebook 02 have besides the text?",
            '"This example is …": where does the last word come from?',
        ),
    ),
    Choice(
        id="10.9",
        title='The lost "not"',
        minutes=2,
        difficulty="medium",
        topic="Tasks and pipelines",
        section="02_pipelines.ipynb#3. Zero-shot: labels you make up",
        question=(
            "The course's own, offline zero-shot model calls "
            '"This article is not about sport." *sport*, score 1.00. Why?'
        ),
        options={
            "a": Option(
                "*Not* is missing from its vocabulary",
                "It is there, and the vector changes a little with it. But the topic decides.",
            ),
            "b": Option(
                "The attention mask hides short words",
                "The mask hides padding only; each word of the text is read.",
            ),
            "c": Option(
                "It compares topics, and *not* hardly counts",
                'Its "entailment" is twenty times a similarity; the sentence and "This example is sport." '
                "share the topic.",
                correct=True,
            ),
            "d": Option(
                "It was fine-tuned on articles about sport",
                "It was fine-tuned on no topic at all: it is an embedding model, made to compare texts.",
            ),
        },
        hints=(
            "What does the course's own checkpoint compute in place of an inference?",
            '"I am hungry." and "I am not hungry." had the highest similarity in notebook 01.',
        ),
    ),
    Choice(
        id="10.10",
        title="Any mask",
        minutes=2,
        difficulty="easy",
        topic="Tasks and pipelines",
        section="02_pipelines.ipynb#5. Fill the gap",
        question="`fill` may hold BERT or RoBERTa. Which text works for both?",
        options={
            "a": Option(
                '`"Tea or [MASK]?"`',
                "That is BERT's mask token. RoBERTa's is `<mask>`, so its pipeline finds no gap and raises an error.",
            ),
            "b": Option(
                '`f"Tea or {fill.tokenizer.mask_token}?"`',
                "Each tokenizer knows its own mask token: ask it, and the line works for every model.",
                correct=True,
            ),
            "c": Option(
                '`f"Tea or {fill.tokenizer.pad_token}?"`',
                "Padding fills up a batch. The gap that the model should guess has a token of its own.",
            ),
            "d": Option(
                '`"Tea or <mask>?"`',
                "That is RoBERTa's mask token. BERT's is `[MASK]`, so its pipeline finds no gap and raises an error.",
            ),
        },
        hints=(
            "The two models were trained with different mask tokens.",
            "Who knows which one is right for a model?",
        ),
    ),
    Choice(
        id="10.11",
        title="Joined names",
        minutes=2,
        difficulty="easy",
        topic="Tasks and pipelines",
        section="02_pipelines.ipynb#6. A label for every word",
        question=(
            '`ner`, with `aggregation_strategy="simple"`, reads "Ada Lovelace lived in London." What should come back?'
        ),
        options={
            "a": Option(
                "One entry for each token of a name",
                "So it is before the tokens of a name are joined, and joining is what this strategy does.",
            ),
            "b": Option(
                "One entry, the type of the sentence",
                "One label for a whole text is text classification. Here each name gets its own.",
            ),
            "c": Option(
                "Two texts, each name without its type",
                "The type is the point: a person and a place. A score and the position in the text come with it.",
            ),
            "d": Option(
                "Two entries: type, name, score, position",
                "Tokens of one name are joined: *Ada Lovelace*, a person, and *London*, a place, each with "
                "`start` and `end`.",
                correct=True,
            ),
        },
        hints=(
            'How many names are there, and what does "aggregation" do with their tokens?',
            "Remember the columns printed for Sylvain: type, word, place, score.",
        ),
    ),
    Choice(
        id="10.12",
        title="Whose labels?",
        minutes=2,
        difficulty="easy",
        topic="Learning and families",
        section="04_how_transformers_work.ipynb#3. The next token",
        question="A language model is pretrained on nothing but web pages. Where do its labels come from?",
        options={
            "a": Option(
                "From people, who mark each page",
                "Nobody could mark so much text. People's labels come in later, for fine-tuning.",
            ),
            "b": Option(
                "From nowhere: there is no loss",
                "Without a loss nothing could be learned. It compares the prediction with a token of the page.",
            ),
            "c": Option(
                "From the pages: tokens to predict",
                "The next token, or a hidden one, is the label: self-supervised, as every text brings its own.",
                correct=True,
            ),
            "d": Option(
                "From the answers of a larger model",
                "Learning from a larger model is called distillation. Pretraining needs no such model.",
            ),
        },
        hints=(
            "Which label did exercise 4.1 pair with each context?",
            '"Self-supervised": nobody outside the text is needed.',
        ),
    ),
    Choice(
        id="10.13",
        title="One plan",
        minutes=2,
        difficulty="easy",
        topic="Learning and families",
        section="05_architectures.ipynb#7. Architecture, checkpoint, model",
        question=(
            "`AutoModel.from_config(config)` and `AutoModel.from_pretrained(path)` use the same configuration. What "
            "differs?"
        ),
        options={
            "a": Option(
                "The architecture: layers and masks",
                "The configuration is the plan, and both follow it.",
            ),
            "b": Option(
                "The weights: random or trained",
                "A configuration holds no weights. Only the checkpoint brings those that were trained.",
                correct=True,
            ),
            "c": Option(
                "The tokens it knows: its vocabulary",
                "The size of the vocabulary stands in the configuration, and the list itself belongs to the tokenizer.",
            ),
            "d": Option(
                "The size: the number of parameters",
                "Shapes follow from the plan, so both have equally many. Their values differ.",
            ),
        },
        hints=(
            "One of the two lines reads a large file, the other does not.",
            "By the plan nobody can tell them apart.",
        ),
    ),
    Choice(
        id="10.14",
        title="Only to the left",
        minutes=2,
        difficulty="easy",
        topic="Learning and families",
        section="05_architectures.ipynb#2. Who can see whom",
        question="In a model, each token sees only those to its left. Which job fits it best?",
        options={
            "a": Option(
                "Going on with a letter that somebody began",
                "What comes next is not there yet, so nothing is lost: this is a decoder.",
                correct=True,
            ),
            "b": Option(
                "Marking the names in a finished letter",
                "The words after a name help to recognise it: an encoder sees them, this model does not.",
            ),
            "c": Option(
                "Filling a gap in the middle of a letter",
                "What follows the gap often decides what is missing, and this model cannot look there.",
            ),
            "d": Option(
                "Comparing the topics of two finished letters",
                "For that each token should know its whole letter: an encoder reads both ways.",
            ),
        },
        hints=(
            "In which job is there nothing to the right?",
            "The mask of this model is a triangle.",
        ),
    ),
    Choice(
        id="10.15",
        title="Read, then write",
        minutes=2,
        difficulty="easy",
        topic="Learning and families",
        section="05_architectures.ipynb#9. Choosing",
        question=(
            "For summaries, a model should read the whole report in both directions, then write. Which one is built so?"
        ),
        options={
            "a": Option(
                "DistilBERT, an encoder",
                "An encoder reads in both directions, but does not write a new text.",
            ),
            "b": Option(
                "GPT-2, a decoder",
                "A decoder writes, but reads the report from left to right only, as a part of its own text.",
            ),
            "c": Option(
                "ELECTRA, an encoder",
                "ELECTRA learned to spot replaced tokens: it reads in both directions and writes nothing.",
            ),
            "d": Option(
                "BART, an encoder-decoder",
                "Its encoder reads the report both ways; its decoder writes, looking at what the encoder made of it.",
                correct=True,
            ),
        },
        hints=(
            "Reading both ways is one half of the job, writing the other.",
            "The first Transformer had two halves as well.",
        ),
    ),
    Choice(
        id="10.16",
        title="Three queues",
        minutes=2,
        difficulty="easy",
        topic="Learning and families",
        section="05_architectures.ipynb#9. Choosing",
        question="Mail should go to one of three teams, within milliseconds. 2,000 labelled mails exist. What first?",
        options={
            "a": Option(
                "A chat model, prompted for each mail",
                "It may work, but each answer costs far more time, and its wording has to be read again by a program.",
            ),
            "b": Option(
                "An encoder with a label for each token",
                "That finds names inside a mail. The team is one label for the whole text.",
            ),
            "c": Option(
                "An encoder with three labels for a text",
                "Nothing is written, the whole mail is understood, and 2,000 labels are enough to fine-tune a "
                "small encoder.",
                correct=True,
            ),
            "d": Option(
                "An encoder-decoder that rewrites the mail",
                "Nothing new has to be written here; a rewritten mail still has no team.",
            ),
        },
        hints=(
            "Is anything new to be written?",
            "One label for each word, or one for each mail?",
        ),
    ),
    Choice(
        id="10.17",
        title="The end mark",
        minutes=2,
        difficulty="medium",
        topic="Learning and families",
        section="05_architectures.ipynb#5. Pretrained or instruction-tuned",
        question=(
            "To a plain question a chat model writes its end mark only; with `apply_chat_template` it answers. Why?"
        ),
        options={
            "a": Option(
                "The template loads other weights",
                "The weights are the same. Only the text differs that the model reads.",
            ),
            "b": Option(
                "It was trained on chats with such marks",
                "With the marks, the text looks like its training: a question ended, the assistant's turn begun.",
                correct=True,
            ),
            "c": Option(
                "The template switches sampling on",
                "The template writes text, nothing else. Sampling is a setting of `generate`.",
            ),
            "d": Option(
                "The template allows for more new tokens",
                "How many tokens may come is set by `max_new_tokens`, not by the template.",
            ),
        },
        hints=(
            "What does the template change: the weights, the settings or the text?",
            "Print the text with `tokenize=False`: what stands around the question, and at its end?",
        ),
    ),
    Choice(
        id="10.18",
        title="The second row",
        minutes=3,
        difficulty="medium",
        topic="Attention",
        section="06_attention.ipynb#2. Who may look",
        question="Four tokens, a causal mask, and all scores equal. Which weights has the second token's row?",
        options={
            "a": Option(
                "`0.5, 0.5, 0, 0`",
                "It sees itself and the first token. Softmax shares 1 between these two.",
                correct=True,
            ),
            "b": Option(
                "`0.25, 0.25, 0.25, 0.25`",
                "That is the row without a mask. Under a causal mask, tokens three and four are the future.",
            ),
            "c": Option(
                "`0.25, 0.25, 0, 0`",
                "This mask came after softmax, so the row sums to 0.5. Scores become minus infinity *before* softmax.",
            ),
            "d": Option(
                "`0, 0.33, 0.33, 0.33`",
                "This triangle is turned round: the token would see the future and not the past.",
            ),
        },
        hints=(
            "Which tokens has the second one read so far? It counts itself.",
            "Every row of weights sums to 1.",
        ),
    ),
    Choice(
        id="10.19",
        title="A weight of 0.8",
        minutes=3,
        difficulty="hard",
        topic="Attention",
        section="06_attention.ipynb#8. What attention weights do not explain",
        question="In one head, *it* gives *animal* a weight of 0.8. Which conclusions hold?",
        options={
            "a": Option(
                "The value of *animal* is added, times 0.8",
                "The output of the head is the sum of the values, each times its weight.",
                correct=True,
            ),
            "b": Option(
                "The model has understood what *it* means",
                "Nothing here measures understanding; head 5.11 of notebook 06 looked at *animal* from most words.",
            ),
            "c": Option(
                "The answer changes once the head is cut",
                "Perhaps, perhaps not: most heads could be cut with little effect. Cut it, and see.",
            ),
            "d": Option(
                "Even so, it may pass on only very little",
                "If the value is short, a large weight moves little, as with `[CLS]`: half the weight, a tenth of "
                "what was passed on.",
                correct=True,
            ),
        },
        hints=(
            "A head adds up values. What besides the weight decides how much arrives?",
            "Two of the four claim something that only an intervention or another measurement could show.",
        ),
    ),
    Choice(
        id="10.20",
        title="Two cuts",
        minutes=2,
        difficulty="medium",
        topic="Attention",
        section="06_attention.ipynb#7. Cutting heads",
        question="Head A is cut: no change. Only head B: no change. Both: the answer flips. What was shown?",
        options={
            "a": Option(
                "Neither head takes part in the answer",
                "Then nothing would change when both are gone.",
            ),
            "b": Option(
                "Only one of the two can do the work",
                "Then the answer would flip when that one is cut alone.",
            ),
            "c": Option(
                "Each can do the work of the other",
                "One is enough, none is not: so cutting single heads misses such pairs.",
                correct=True,
            ),
            "d": Option(
                "Their weights explain the answer",
                "No weight was looked at. The cuts show what the answer needs.",
            ),
        },
        hints=(
            "Suppose one of the sentences is true: what would each of the three cuts do?",
            "In notebook 06, heads 1.1 and 1.3 both looked at the noun.",
        ),
    ),
    Choice(
        id="10.21",
        title="Carried over",
        minutes=2,
        difficulty="easy",
        topic="Transfer learning",
        section="04_how_transformers_work.ipynb#8. Learning twice",
        question="Which of these is transfer learning?",
        options={
            "a": Option(
                "Copying finished weights to a phone",
                "That moves a model to another place. Nothing is learned.",
            ),
            "b": Option(
                "Training a pretrained body on your task",
                "It starts from weights that know the language, so a few labelled examples go far.",
                correct=True,
            ),
            "c": Option(
                "Training random weights on your task",
                "That is training from scratch: nothing learned before is used.",
            ),
            "d": Option(
                "Translating your texts for a model",
                "That changes the texts, not the model, and nothing is learned.",
            ),
        },
        hints=(
            "Something learned on one task must help with another.",
            "Two of the four do not train at all.",
        ),
    ),
    Choice(
        id="10.22",
        title="Rank four",
        minutes=3,
        difficulty="medium",
        topic="Transfer learning",
        section="07_transfer_learning.ipynb#4. LoRA: a small correction",
        question="LoRA with rank 4 is put on one matrix of 100 by 100. Which statements are true?",
        options={
            "a": Option(
                "800 new numbers are trained",
                "Two thin matrices, 4 by 100 and 100 by 4: 2 · 4 · 100.",
                correct=True,
            ),
            "b": Option(
                "The old 10,000 change slowly",
                "They are frozen. The correction is added beside them.",
            ),
            "c": Option(
                "Before training, outputs are the old ones",
                "B begins at zero, so the correction is zero until the first step.",
                correct=True,
            ),
            "d": Option(
                "The old numbers are saved with the adapter",
                "Only the new ones are saved; whoever uses the file needs the same body.",
            ),
        },
        hints=(
            "Write down the shapes of A and B.",
            "What is the product of B and A when B is zero?",
        ),
    ),
    Choice(
        id="10.23",
        title="Two curves",
        minutes=2,
        difficulty="medium",
        topic="Transfer learning",
        section="07_transfer_learning.ipynb#6. How much data is enough?",
        question=(
            "From 1,000 to 2,000 examples the head's curve stays flat, LoRA's rises. What promises a better score?"
        ),
        options={
            "a": Option(
                "2,000 more labels, for the head",
                "Twice as many examples brought it nothing, so more of them will hardly help.",
            ),
            "b": Option(
                "The same labels again, for the head",
                "The same sentences hold nothing new, and the head has stopped gaining even from new ones.",
            ),
            "c": Option(
                "The same labels, from scratch",
                "From scratch, 2,000 sentences were no better than guessing.",
            ),
            "d": Option(
                "2,000 more labels, for LoRA",
                "Its curve still rises: it changes how the body reads, and that takes more examples.",
                correct=True,
            ),
        },
        hints=(
            "A flat curve says what more data will bring.",
            "Look at the right end of both curves, on films.",
        ),
    ),
    Choice(
        id="10.24",
        title="A broken search",
        minutes=2,
        difficulty="medium",
        topic="Transfer learning",
        section="07_transfer_learning.ipynb#What it forgot",
        question=(
            "All weights of a body were tuned on opinions; now the search that uses it fails. What would have "
            "prevented this?"
        ),
        options={
            "a": Option(
                "Training on opinions for longer",
                "Each further step moves the weights on towards opinions, and away from the search.",
            ),
            "b": Option(
                "LoRA, switched off for the search",
                "Without the correction the old body is there again, number for number.",
                correct=True,
            ),
            "c": Option(
                "A learning rate ten times as large",
                "Larger steps move the weights further from what they knew.",
            ),
            "d": Option(
                "A linear head on the frozen body",
                "The body does not change at all, so the search cannot notice.",
                correct=True,
            ),
        },
        hints=(
            "The search needs the old weights. Which ways keep them?",
            "This is catastrophic forgetting: ask what moved.",
        ),
    ),
    Choice(
        id="10.25",
        title="Twice as hot",
        minutes=3,
        difficulty="medium",
        topic="Text generation",
        section="08_text_generation.ipynb#2. Temperature",
        question="Three tokens have the probabilities 0.64, 0.32, 0.04. What does temperature 2 make of them?",
        options={
            "a": Option(
                "`0.51, 0.36, 0.13`",
                "Above 1 the favourite loses and the others gain, in the same order.",
                correct=True,
            ),
            "b": Option(
                "`0.80, 0.20, 0.00`",
                "That is a temperature of 0.5: below 1 the favourite gains.",
            ),
            "c": Option(
                "`0.13, 0.36, 0.51`",
                "The order never changes: dividing all logits by the same number keeps the largest the largest.",
            ),
            "d": Option(
                "`0.33, 0.33, 0.33`",
                "Only an infinite temperature would make all tokens equal.",
            ),
        },
        hints=(
            "Does a high temperature help the favourite or the others?",
            "It divides the logits: differences become half as large, but do not vanish.",
        ),
    ),
    Choice(
        id="10.26",
        title="Where top-p cuts",
        minutes=3,
        difficulty="medium",
        topic="Text generation",
        section="08_text_generation.ipynb#3. Cutting the tail",
        question="The probabilities are 0.5, 0.3, 0.15, 0.05. What does top-p with 0.7 leave?",
        options={
            "a": Option(
                "`1, 0, 0, 0`",
                "The first token reaches only 0.5; the tokens kept have to reach 0.7 together.",
            ),
            "b": Option(
                "`0.5, 0.3, 0, 0`",
                "The right two stay, but they sum to 0.8: what is left grows until it sums to 1.",
            ),
            "c": Option(
                "`0.625, 0.375, 0, 0`",
                "0.5 is not enough, 0.5 + 0.3 crosses 0.7; then both are divided by 0.8.",
                correct=True,
            ),
            "d": Option(
                "`0.53, 0.32, 0.16, 0`",
                "Two tokens reach 0.7 already; the third is one too many.",
            ),
        },
        hints=(
            "Add up from the largest: where is 0.7 reached?",
            "The token that crosses the border stays. Then all must sum to 1 again.",
        ),
    ),
    Choice(
        id="10.27",
        title="A longer chat",
        minutes=2,
        difficulty="medium",
        topic="Text generation",
        section="08_text_generation.ipynb#8. Many texts, long texts",
        question="A chat with SmolLM2 and its KV cache grows from 1,000 to 2,000 tokens. What holds?",
        options={
            "a": Option(
                "The cache becomes four times as large",
                "Four times is the work of attention in prefill. The cache keeps one key and one value more for "
                "each token.",
            ),
            "b": Option(
                "The cache becomes twice as large",
                "Each token leaves equally many numbers in each layer: twice the tokens, twice the memory.",
                correct=True,
            ),
            "c": Option(
                "Each decode step reads one new token",
                "The keys and values of all others are kept, so they are not computed again.",
                correct=True,
            ),
            "d": Option(
                "The oldest keys have to be renewed",
                "No token looks ahead, so what comes later changes no key of an earlier one.",
            ),
        },
        hints=(
            "Which grows linearly, which with the square: the cache, or attention in prefill?",
            "The keys of four tokens were the same with and without three more behind them.",
        ),
    ),
    Choice(
        id="10.28",
        title="A longer prompt",
        minutes=2,
        difficulty="easy",
        topic="Text generation",
        section="08_text_generation.ipynb#7. Prefill, decode and the cache",
        question=(
            "The first token comes after 2 s, the others every 0.1 s. The prompt becomes twice as long. Which time "
            "grows most?"
        ),
        options={
            "a": Option(
                "The 0.1 s for each further token",
                "It grows a little, as attention looks at more keys, but each step still reads a single token.",
            ),
            "b": Option(
                "Both, by about the same factor",
                "A decode step reads one new token, however long the prompt was; only attention looks at more keys.",
            ),
            "c": Option(
                "Neither: the cache holds the prompt",
                "The cache is empty at first. Prefill fills it, by reading the whole prompt.",
            ),
            "d": Option(
                "The 2 s until the first token",
                "Prefill reads the whole prompt before the first token can be written: twice the tokens, about "
                "twice the work.",
                correct=True,
            ),
        },
        hints=(
            "One part reads the prompt, the other writes token by token.",
            "Which of the two is over when the first token comes?",
        ),
    ),
    Choice(
        id="10.29",
        title="An unfair tool",
        minutes=2,
        difficulty="easy",
        topic="Bias and measurement",
        section="09_bias_and_limits.ipynb#8. Does fine-tuning remove it?",
        question="A program that sorts job applications prefers men. Where can that come from?",
        options={
            "a": Option(
                "From the texts of its pretraining",
                "A pretrained model repeats the prejudices of its texts, and fine-tuning need not remove them.",
                correct=True,
            ),
            "b": Option(
                "From labels that people once gave",
                "If the decisions of the past were unfair, a model that learns them will be unfair too.",
                correct=True,
            ),
            "c": Option(
                "From safetensors instead of pickles",
                "The file format stores the same numbers. It makes loading safe and changes no answer.",
            ),
            "d": Option(
                "From the measure it was tuned to raise",
                "If only the share of right answers counts, a model may fail small groups, or repeat the past, and "
                "still look good.",
                correct=True,
            ),
        },
        hints=(
            "Follow the model's life: pretraining, labels, tuning, file. Where can people's choices come in?",
            "Only one of the four leaves every answer as it was.",
        ),
    ),
    Choice(
        id="10.30",
        title="Scores near 0.9",
        minutes=2,
        difficulty="easy",
        topic="Bias and measurement",
        section="09_bias_and_limits.ipynb#10. Too sure",
        question="Of 200 answers with scores near 0.9, 140 are right. What is the model?",
        options={
            "a": Option(
                "Overconfident: 0.9 said, 0.7 right",
                "140 / 200 = 0.7. Such a score promises more than it keeps.",
                correct=True,
            ),
            "b": Option(
                "Calibrated: most answers are right",
                "Calibrated means that about 0.9 of them, 180 answers, would be right.",
            ),
            "c": Option(
                "Underconfident: 0.7 is a good share",
                "Underconfident would be right more often than the score says.",
            ),
            "d": Option(
                "Biased: it prefers one of the labels",
                "Perhaps, but the numbers say nothing of that: labels are not counted here.",
            ),
        },
        hints=(
            "Compare two numbers: the score, and the share of right answers.",
            "140 of 200 is which share?",
        ),
    ),
    Choice(
        id="10.31",
        title="17 against 16",
        minutes=2,
        difficulty="medium",
        topic="Bias and measurement",
        section="01_language_and_llms.ipynb#Are examples worth it?",
        question="Model A is right on 17 of 20 reviews, model B on 16 of 20 others. What can show which is better?",
        options={
            "a": Option(
                "Two more digits of both accuracies",
                "The digits are exact already: 0.85 and 0.80. Chance in the choice of reviews is the problem.",
            ),
            "b": Option(
                "Hundreds of new reviews for both",
                "With twenty, the margins are 0.16 and 0.18, wider than the gap. They shrink with the root of the "
                "number.",
                correct=True,
            ),
            "c": Option(
                "The same twenty, ten times over",
                "The same answers come again. 170 of 200 would look more certain, and be no more than 17 of 20.",
            ),
            "d": Option(
                "The mean score of each one's answers",
                "High scores are no proof: an overconfident model has them on wrong answers, too.",
            ),
        },
        hints=(
            "What makes a margin smaller?",
            "Which of the four brings new information about right and wrong?",
        ),
    ),
    Choice(
        id="10.32",
        title="p = 0.30",
        minutes=3,
        difficulty="hard",
        topic="Bias and measurement",
        section="09_bias_and_limits.ipynb#3. Twelve sentences, twenty words",
        question="A bias test on eight templates flips signs and finds p = 0.30. What does that say?",
        options={
            "a": Option(
                "With probability 0.30 there is a bias",
                "p is computed as if there were none. It cannot be the probability that there is one.",
            ),
            "b": Option(
                "30 % of the templates show a bias",
                "The test looks at the mean of all eight, not at single templates.",
            ),
            "c": Option(
                "30 % of flips get a mean as far from 0",
                "Signs drawn at random do it often, so this mean is little evidence of a difference. Nor does it "
                "prove that there is none.",
                correct=True,
            ),
            "d": Option(
                "The two groups are 0.30 nats apart",
                "That would be the effect. A p-value has no unit and does not say how large a difference is.",
            ),
        },
        hints=(
            "If the groups made no difference, plus and minus would be equally likely.",
            "p is a share of the flips. Which flips are counted?",
        ),
    ),
    Choice(
        id="10.33",
        title="A short card",
        minutes=2,
        difficulty="easy",
        topic="Bias and measurement",
        section="09_bias_and_limits.ipynb#11. What the card says",
        question='A model card says "96 % accuracy", no more. What must you ask before you rely on it?',
        options={
            "a": Option(
                "On which texts, unseen in training?",
                "An accuracy holds for one kind of text, and only if the test was kept apart.",
                correct=True,
            ),
            "b": Option(
                "On which brand of graphics card?",
                "The hardware says what training cost, not where the model's answers are right.",
            ),
            "c": Option(
                "For which uses is it not meant?",
                "Whoever trained it may know where it fails. A good card says so.",
                correct=True,
            ),
            "d": Option(
                "From which texts did it learn?",
                "They decide what it knows, whose prejudices it repeats, and whether the licence lets you use it.",
                correct=True,
            ),
        },
        hints=(
            "Which answers would change where you use the model?",
            "Recall what the card of the sentiment model in notebook 09 had to say.",
        ),
    ),
]
