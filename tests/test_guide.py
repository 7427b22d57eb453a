"""INSTRUCTOR.md keeps its word: sections and exercises exist, plans add up, generated parts are those of today."""

import re

import pytest

from course_utils.errors import CourseError
from course_utils.exercises.shelf import all_exercises, find
from course_utils.models import catalog
from course_utils.workshop import __main__ as workshop
from course_utils.workshop import guide, plans, room

TEXT = guide.GUIDE.read_text("utf-8")
PAGES = plans.read_pages()


def test_the_page_says_what_the_course_has():
    assert guide.problems(TEXT) == []


def test_every_page_is_described():
    sections = re.findall(r"(?m)^### (\d\d[a-z]?) ", TEXT)
    assert sections == list(PAGES) and len(sections) == 19
    for number in sections:
        section = re.search(rf"(?ms)^### {number} .+?(?=^##)", TEXT + "##")[0]
        said = [name for name in ("The moment.", "Discuss.", "When late.", "Care.") if f"**{name}**" in section]
        assert len(said) == 4 and section.count("\n- *") >= 2, number


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("| 09:13 | 6 |", "| 09:13 | 7 |", "the row of 09:19 should begin at 09:20"),
        ("| 09:13 | 6 |", "| 09:13 | six |", "no time such as 09:05 or no whole minutes"),
        ("(saves 4) |\n| 09:33", "(saves 15) |\n| 09:33", "at 09:19 15 minutes are saved of 14"),
        ("two pairs read (saves 4)", "two pairs read", "at 09:19 *if late* should end in how much it saves"),
        ("| A, 15 | 5 |", "| A, 15 | 6 |", "the rows of block A, 15 take 16 minutes"),
        (
            "| | 11 | [01: Exercise 1.6] |",
            "| | 7 | [01: Exercise 1.6] |",
            "in block B, 15 there are fewer minutes than",
        ),
        ("## One hour: 60 minutes", "## One hour: 70 minutes", "the rows take 60 minutes"),
        ("| 10:00 | | end | | | |\n", "", "the last row should be the end"),
        ("Exercise 0.1 *Fool the model* in pairs, 8", "Exercises 0.1, 0.3 and 0.4 in pairs, 8", "fewer minutes than"),
        ("Exercise 0.1 *Fool the model* in", "Exercise 0.1 *Fool me* in", "is called 'Fool the model', not 'Fool me'"),
        ("exercises 2.14 and 3.1;", "exercises 2.14 and 3.19;", "Exercise 3.19 does not exist."),
        ("[00: Fool it]", "[00: Fool them]", "page 00 has this heading 0 times"),
        ("[00: Fool it]", "[01: Where it fails]", "page 01 has this heading 3 times"),
        ("[00: Fool it]", "[11: Fool it]", "[11] names no page."),
        ("| [06] | 55 | 25 | 6.11, 6.10 |", "| [06] | 55 | 13 | 6.11, 6.10 |", "gives 06 fewer minutes to practise"),
        ("| [06] | 55 | 25 | 6.11, 6.10 |", "| [06] | 55 | 25 | 5.1 |", "lets 5.1 be practised on 06, where it is not"),
        ("| [06] | 55 |", "| [06] | many |", "no whole minutes for 06"),
        ("| [06] | 55 |", "| [05] | 55 |", "each page once, in the order"),
        ("| page | teach | practise |", "| page | teach |", "Expected one table with | page | teach | practise |"),
        ("| time | min |", "| when | min |", "There is no plan"),
        (
            "- **0.1 Fool the model** (8 min)",
            "- **0.1 Fool the model** (9 min)",
            "call 0.1 'Fool the model', 9 minutes",
        ),
        ("- **0.3 Count the parameters** (5 min)\n", "", "its stumbling blocks are of 0.1, 0.4"),
        ("  - Those are bytes; count", "  - Those are bites; count", "0.3 no longer says 'Those are bites"),
        ("<!-- made by guide: room -->", "<!-- mad by guide: room -->", "The part 'room' is missing."),
        ("<!-- made by guide: room -->", "<!-- made by guide: rooms -->", "Nobody makes the part 'rooms'."),
        ("A seat downloads", "A seat fetches", "The part 'room' is stale."),
    ],
)
def test_a_false_word_is_found(old, new, sentence):
    assert old in TEXT
    assert sentence in "\n".join(guide.problems(TEXT.replace(old, new)))


def test_the_command_says_it_and_writes_nothing(tmp_path, capsys):
    copy = tmp_path / "INSTRUCTOR.md"
    copy.write_text(TEXT, "utf-8")
    assert guide.main(["--check"], copy) == 0 and "13 plans" in capsys.readouterr().out
    copy.write_text(TEXT.replace("| 09:13 | 6 |", "| 09:13 | 7 |"), "utf-8")
    assert guide.main(["--check"], copy) == 1 and "Mend the text" in capsys.readouterr().out
    assert copy.read_text("utf-8") != TEXT
    assert guide.main(["--check"], tmp_path / "none.md") == 1 and "Expected none.md" in capsys.readouterr().err


def test_the_generated_parts_are_put_between_their_markers():
    text = "a <!-- made by guide: room -->old<!-- end --> b <!-- made by guide: links -->kept<!-- end -->"
    assert guide.filled(text, {"room": "new"}) == text.replace("old", "new")
    assert guide.parts(text) == [("room", "old"), ("links", "kept")]


@pytest.mark.parametrize("id", ["2.13", "4.1", "9.12"])  # quick ones, without a model
def test_the_stumbling_blocks_are_what_check_says(id):
    said = guide.sayings(find(id))
    assert len(said) == guide.SAYINGS
    assert f"- **{id} {find(id).title}** ({find(id).minutes} min)\n" + "".join(f"  - {each}\n" for each in said) in TEXT


@pytest.mark.parametrize(
    ("message", "says", "cause"),
    [
        ("For x the result is 4; given: a number (`32.0`): those are bits. A byte has eight.", "those are bits",
         "Those are bits. A byte has eight."),
        ("That is it. Turn it. By the way, your function never uses `a`, which it is given.", "That is it",
         "That is it. Turn it."),
        ("`<` stays, so <b> walks out.", "walks out", "`<` stays, so &lt;b&gt; walks out."),
        ("First a long sentence that tells the input and what was expected of it here. Then the cause.", "the cause",
         "Then the cause."),
    ],
)  # fmt: skip
def test_the_cause_is_taken_out_of_a_message(message, says, cause):
    assert guide.cause(message, says) == cause


def test_exercises_are_named_singly_and_in_runs():
    text = "Exercise 0.1; exercises 6b.1 to 6b.4, and exercises 6.1, 6.2 and 6.3. Not 7.1, nor 2.5 GB."
    assert plans.named_exercises(text) == ["0.1", "6b.1", "6b.2", "6b.3", "6b.4", "6.1", "6.2", "6.3"]


def test_the_pages_are_read_from_their_sources():
    assert PAGES["06"].title == "Attention in slow motion" and "5. Several heads" in PAGES["06"].headings
    assert PAGES["06"].core == ("6.11", "6.10") and PAGES["06"].optional == ("6.3", "6.1", "6.2")
    assert len(PAGES["10"].quiz) == 8
    assert "# dtype: how exactly each weight is stored" not in " ".join(PAGES["02"].headings), "no comment of code"
    on_pages = {id for page in PAGES.values() for id in page.exercises}
    assert {record.id for record in all_exercises() if not getattr(record, "topic", "")} == on_pages
    assert set(guide.hours((guide.ROOT / "README.md").read_text("utf-8"))) == set(PAGES)
    with pytest.raises(CourseError, match="no heading"):
        plans.link(PAGES["06"], "9. Nothing")


def test_the_cells_that_an_exercise_needs_are_found():
    needed = plans.cells_needed(PAGES["02"])
    assert needed["2.1"] == [], "names inside its function are its own"
    step = "*Step 2: from ids to logits* (cell 2)"  # imports torch, and uses what step 1 makes
    assert needed["2.3"] == ["*Step 1: from text to ids* (cell 2)", "*Step 1: from text to ids* (cell 3)", step]
    assert "exercise 6b.1" in plans.cells_needed(PAGES["06b"])["6b.5"]
    for number in ("01", "05"):
        (asking,) = plans.asks_the_hub(PAGES[number])
        listed = {cell for cells in plans.cells_needed(PAGES[number]).values() for cell in cells}
        assert asking.strip("*") in PAGES[number].headings and not any(cell.startswith(asking) for cell in listed)


@pytest.mark.parametrize(
    ("code", "wanted", "changed"),
    [
        ("import math\nx = math.sqrt(y)", {"y"}, set()),
        ("x = x + 1", {"x"}, set()),
        ("for text in texts:\n    print(text)", {"texts", "print"}, set()),
        ("with open(p) as file:\n    rows = file.read() + z", {"open", "p", "z"}, set()),
        ("def f(a):\n    b = a + c\n    return b\nf(d)", {"c", "d"}, set()),
        ("print([w for w in words])", {"print", "words"}, set()),
        ("names.append(1)\ntable['a'] = 2\nmodel.x.y = 3", {"names", "table", "model"}, {"names", "table", "model"}),
    ],
)
def test_names_that_code_wants_and_changes(code, wanted, changed):
    tree = plans._tree(code)
    assert (plans._wanted(tree), plans._changed(tree)) == (wanted, changed)


def test_the_minutes_of_sections_come_from_all_plans():
    part = dict(guide.parts(TEXT))["sections"]
    assert "| [00: Fool it] | 14 to 15 |" in part and "break" not in part


# --- the room ---------------------------------------------------------------------------------------------


def test_the_room_is_computed():
    needs = room.needs(30, 50)
    assert needs.weights_mb == sum(package.wheel_megabytes for package in catalog.packages().values())
    assert needs.minutes == pytest.approx(30 * needs.seat_mb * 8 / 50 / 60)
    assert room.needs(60, 50).minutes == pytest.approx(2 * needs.minutes)
    assert needs.memory_gb("06", "03") == pytest.approx(30 * (room.PAGES["06"][1] + room.PAGES["03"][1]))
    readme = " ".join((guide.ROOT / "README.md").read_text("utf-8").split())
    told = r"about (\d+) MB of packages, (\d+) MB of PyTorch \(CPU build\), (\d+) MB of weights"
    packages, torch, weights = map(int, re.search(told, readme).groups())
    assert needs.packages_mb == packages + torch and round(needs.weights_mb, -1) == weights
    assert f"all of them together take {needs.usual_mb / 1000:.1f} GB" in readme


def test_each_page_was_measured_and_fits():
    assert list(room.PAGES) == list(PAGES)
    assert all(0 < seconds <= 150 and 0.2 < gigabytes < 1.7 for seconds, gigabytes in room.PAGES.values())


def test_the_command_prints_a_room(capsys):
    assert room.main(["24", "100"]) == 0
    assert "24 seats, one line of 100 Mbit/s" in capsys.readouterr().out
    assert room.main(["0", "100"]) == 1
    assert "Expected seats and megabits above 0" in capsys.readouterr().err


def test_the_mail_tells_the_download():
    mail = re.search(r"(?s)## The mail before the class.+?\n## ", TEXT)[0]
    said = int(re.search(r"downloads about (\d+) MB", mail)[1])
    assert said == pytest.approx(room.needs(1, 1).seat_mb, rel=0.05)


def test_links_lead_somewhere():
    """Anchors as GitHub makes them; the generated links to notebooks are `plans.link`'s."""
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXT):
        path, _, anchor = target.partition("#")
        there = TEXT if not path else (guide.ROOT / path).read_text("utf-8")
        headings = re.findall(r"(?m)^#+ (.+)$", there)
        known = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
        assert not anchor or known.count(anchor) == 1, target


# --- commands ---------------------------------------------------------------------------------------------


def test_every_command_and_option_exists():
    """Of each `course.py …` that the page tells: the command is known, and its module has the options."""
    spans = re.findall(r"`(?:python3 |py )?course\.py ([^`]+)`", TEXT)
    spans += re.findall(r"(?m)^[> ]*(?:python3|py) course\.py ([^\n(]+)", TEXT)
    spans += re.findall(r"-m course_utils\.workshop ([^\n`]+)", TEXT)
    assert len(spans) > 12
    for span in spans:
        name, *words = span.split()
        options = [word for word in words if word.startswith("--") and word != "--help"]
        module = workshop.COMMANDS.get(name)
        assert module or name in ("open", "doctor"), span
        path = f"course_utils/workshop/{module.replace(chr(46), chr(47))}.py" if module else "course.py"
        source = (guide.ROOT / path).read_text("utf-8")
        assert all(f'"{option}"' in source for option in options), span
