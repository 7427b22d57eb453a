"""The house stays as CONTRIBUTING.md draws it: small modules, imports downwards, no circle, everything on the map."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from course_utils.exercises import Exercise, all_exercises

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "course_utils"
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 300
# Rooms of the first edition do not grow; exercises and pictures come with new pages.
MOST_OF_THE_OLD_ROOMS, NEW_ROOMS = 6_000, {"exercises", "pictures", "forward", "workshop"}
# From the ground up: a room may import from those that stand before it.
FLOORS = [
    *("errors", "describing", "lazy", "shown", "samples"),
    *("pictures", "models", "attention", "bias", "training", "forward"),
    *("exercises", "doctor", "authoring", "build", "workshop"),
]


def room(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports(module: Path) -> set[str]:
    """The modules of course_utils that a module imports, at its top or inside a function: `models.cache`."""
    here = ("course_utils", *module.relative_to(PACKAGE).with_suffix("").parts)
    here = here[:-1] if here[-1] == "__init__" else here
    package = here if module.name == "__init__.py" else here[:-1]
    found = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            base = (*base, *(node.module or "").split(".")) if node.module else base
            found |= {".".join([*base, name.name]) for name in node.names} | {".".join(base)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return {name.removeprefix("course_utils.") for name in found if name.startswith("course_utils.")}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.relative_to(PACKAGE).as_posix())
def test_a_module_is_read_in_five_minutes(module):
    lines = module.read_text("utf-8").splitlines()
    assert len(lines) <= MOST_LINES
    assert not lines or lines[0].startswith('"""'), "it says what it is for"


def test_the_old_rooms_stay_small():
    lines = sum(len(m.read_text("utf-8").splitlines()) for m in MODULES if room(m) not in NEW_ROOMS)
    assert lines <= MOST_OF_THE_OLD_ROOMS


def test_rooms_import_downwards():
    rooms = {room(module) for module in MODULES} - {"__init__"}
    assert rooms == set(FLOORS)
    upwards = {
        (module.relative_to(PACKAGE).as_posix(), name)
        for module in MODULES
        if room(module) != "__init__"
        for name in imports(module)
        if name.split(".")[0] in FLOORS and FLOORS.index(name.split(".")[0]) > FLOORS.index(room(module))
    }
    assert upwards == set()


def test_no_circle():
    names = {".".join(m.relative_to(PACKAGE).with_suffix("").parts): m for m in MODULES if m.name != "__init__.py"}
    below = {
        name: {other for other in imports(path) if other in names and other != name} for name, path in names.items()
    }
    done: set[str] = set()
    while left := [name for name in below if name not in done]:
        free = [name for name in left if below[name] <= done]
        assert free, f"a circle among {left}"
        done.update(free)


def test_a_shelf_of_pictures_serves_its_own_chapter():
    """`pictures/ch06` is for 06, 06b and 06c; what two chapters draw stands one floor up, where both look for it."""
    used = {
        (shelf, source.name[:2])
        for source in (ROOT / "notebooks" / "source").glob("*.md")
        for shelf in re.findall(r"course_utils\.pictures\.ch(\d\d)", source.read_text("utf-8"))
    }
    assert len(used) > 8 and all(shelf == chapter for shelf, chapter in used)
    on_a_shelf = {
        module.relative_to(PACKAGE).as_posix()
        for module in MODULES
        if room(module) != "pictures" and any(re.match(r"pictures\.ch\d\d", name) for name in imports(module))
    }
    assert {path for path in on_a_shelf if not path.startswith("exercises/chapters/")} == set()
    top = {module.stem for module in (PACKAGE / "pictures").glob("*.py")}
    assert top & {module.stem for module in (PACKAGE / "pictures").glob("ch*/*.py")} == {"__init__"}


# --- the guide and the README -----------------------------------------------------------------------------


def test_every_room_is_on_the_map():
    for name in {*FLOORS, "weights"}:
        assert f"`{name}`" in GUIDE or f"`{name}.py`" in GUIDE or f"{name}/`" in GUIDE, name
    for folder in ("notebooks", "recipes", "tests"):
        assert f"`{folder}/`" in GUIDE


def test_every_path_of_the_guide_exists():
    rooms = "notebooks|course_utils|recipes|tests|samples|exercises|models|ch[0-9]+"
    paths = set(re.findall(rf"`((?:{rooms})/[\w/.]*\w(?:/|\.\w+))`", GUIDE))
    assert len(paths) > 12
    for path in paths:
        places = (ROOT, PACKAGE, PACKAGE / "exercises", PACKAGE / "exercises" / "chapters")
        assert any((place / path).exists() for place in places) or "name" in path or "NN" in path, path


def test_every_variable_is_explained():
    code = [path for folder in ("course_utils", "tests", "binder", "recipes") for path in (ROOT / folder).rglob("*")]
    code += [ROOT / "course.py", ROOT / "conftest.py"]
    texts = [path.read_text("utf-8") for path in code if path.suffix in (".py", "") and path.is_file()]
    used = {name for text in texts for name in re.findall(r"\bCOURSE_[A-Z]+(?:_[A-Z]+)*\b", text)}
    explained = set(re.findall(r"(?m)^\| `(COURSE_\w+)`", GUIDE))
    assert used == explained


def test_the_readme_counts_right():
    exercises = [record for record in all_exercises() if isinstance(record, Exercise)]
    text = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert f"{len(exercises)} exercises, {len(all_exercises()) - len(exercises)} questions" in text


def test_the_hours_are_the_same_everywhere_and_add_up():
    """The README's table, the map in 00, and the sums that both name; each page once."""
    readme, start = ((ROOT / path).read_text("utf-8") for path in ("README.md", "notebooks/source/00_start_here.md"))
    rows = re.findall(r"(?m)^\| \[(\d\d[a-z]?) [^\]]+\]\(\S+\)( \(deeper\))? \| .+ \| ([\d.]+) \|$", readme)
    hours = {page: float(number) for page, _, number in rows}
    mapped = re.findall(r"(?m)^\| \[?(\d\d[a-z]?) [^|]+ \| ([\d.]+) \| [^|]+ \|$", start)
    assert hours == {page: float(number) for page, number in mapped}
    pages = {path.name.split("_")[0] for path in (ROOT / "notebooks" / "source").glob("[0-9]*.md")}
    assert hours.keys() == pages and len(rows) == len(mapped) == len(pages)
    core = sum(hours[page] for page, deeper, _ in rows if not deeper)
    everything, without = map(int, re.search(r"Together about (\d+) hours.*?about (\d+) without", readme).groups())
    assert abs(sum(hours.values()) - everything) <= 0.5 and abs(core - without) <= 0.5
    assert f"The course takes about {without} hours." in start and f"about {without} hours in twelve evenings" in readme


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda path: path.name)
def test_a_workflow_may_little_and_pins_what_it_uses(path):
    workflow = yaml.safe_load(path.read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"} and workflow["concurrency"]["cancel-in-progress"]
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)
    called = " ".join(step.get("run", "") for step in steps)
    assert ".ci/run" in called or "pytest" in called


def test_every_hook_runs_something_that_is_here():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    assert {hook["id"] for hook in hooks} == {"ruff", "ruff-format", "build-check", "hygiene"}
    for hook in hooks:
        assert hook["language"] == "system" and hook["entry"].startswith("python -m ")
        assert all((ROOT / word).exists() for word in hook["entry"].split() if word.startswith("tests/"))
