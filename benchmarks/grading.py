"""How fast `course.py grade` judges, and whether every verdict is right: `python benchmarks/grading.py [PART …]`.

Makes 200 synthetic submissions (`tests/synthetic_submissions.py`) and grades them: `one` and `two` workers, a Dask
cluster of two processes on this machine (`dask`), and `killed`: SIGKILL in the middle of a run, then again. Without a
PART all four. Linux only; some ten minutes each. `COUNT=50` in the environment makes it shorter.
"""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import psutil  # noqa: E402 (the paths come first)
import synthetic_submissions as synthetic  # noqa: E402
from reporting import conclusion, report, title, verdict  # noqa: E402

from course_utils.workshop.grading.reports import UNREAD  # noqa: E402
from course_utils.workshop.grading.submissions import Graded, Row  # noqa: E402

COUNT, SECONDS = int(os.environ.get("COUNT", 200)), os.environ.get("SECONDS", "30")
COMMAND = [sys.executable, "-m", "course_utils.workshop", "grade"]
BEFORE: set[Path] = set()  # temporary folders that were there already
LONGEST = 3600  # seconds of one run


def main(parts: list[str]) -> None:
    BEFORE.update(temporary())
    base = Path(tempfile.mkdtemp(prefix="course-grading-"))
    title(f"{COUNT} submissions in {base}")
    expected = synthetic.make(base / "class", COUNT)
    kinds = {one.kind for one in expected}
    report("of them a class's own", str(sum(one.kind == "answers" for one in expected)))
    report("kinds of odd files and attacks", str(len(kinds - {"answers"})))
    ways = {"one": ["--workers", "1"], "two": ["--workers", "2"], "dask": None, "killed": None}
    for part in parts or ways:
        out = base / part
        if part == "killed":
            kill_and_resume(base, out, expected)
        elif part == "dask":
            with cluster(base) as address:
                graded(f"Dask, two processes at {address}", base, out, expected, ["--scheduler", address])
        else:
            graded(f"{part} worker(s)", base, out, expected, ways[part])
    conclusion()


def graded(name: str, base: Path, out: Path, expected: list, more: list[str]) -> str:
    """Grade everything and compare; returns what the command printed."""
    title(name)
    start = time.monotonic()
    done = subprocess.run(command(base, out, more), cwd=ROOT, capture_output=True, text=True, timeout=LONGEST)
    minutes = (time.monotonic() - start) / 60
    print(*(f"        {line}" for line in done.stdout.splitlines()), sep="\n")
    if done.returncode:
        print(done.stderr)
    report("minutes", f"{minutes:.1f}")
    report("submissions a minute", f"{len(expected) / minutes:.1f}")
    compare(out, expected)
    left_behind(base)
    return done.stdout


def command(base: Path, out: Path, more: list[str]) -> list[str]:
    return ["nice", "-n", "10", *COMMAND, str(base / "class"), "--out", str(out), "--seconds", SECONDS, *more]


def compare(out: Path, expected: list) -> None:
    """Every verdict of the table against what it should be."""
    found = read(out / "verdicts.csv")
    wrong = {one.file: synthetic.differences(one, found.get(one.file)) for one in expected}
    for line in (line for lines in wrong.values() for line in lines):
        print(f"        NOT AS EXPECTED  {line}")
    right = sum(not lines for lines in wrong.values())
    report("verdicts", f"{right} of {len(expected)} as expected")
    verdict("submissions as expected", right, len(expected), "of them", least=True)


def read(table: Path) -> dict[str, Graded]:
    """What the table says, by file."""
    found: dict[str, Graded] = {}
    with open(table, encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            cells = {name: re.sub(r"^'(?=\s*[=+\-@])", "", text) for name, text in line.items()}
            row = Row(cells["exercise"], cells["status"], cells["message"], float(cells["seconds"] or 0))
            before = found.get(cells["file"])
            rows = (*(before.rows if before else ()), *([] if row.status == UNREAD else [row]))
            notes = (cells["notes"] or cells["message"],)
            found[cells["file"]] = Graded(cells["learner"], cells["file"], cells["notebook"], rows, notes)
    return found


def left_behind(base: Path) -> None:
    """Processes and files that an attack should not have left."""
    time.sleep(2)
    canary = base / "class" / synthetic.CANARY
    names = [process.info["name"] for process in psutil.process_iter(["name"])]
    verdict("forks left alive", sum(name == synthetic.FORK for name in names), 0, "processes")
    verdict("the instructor's file", canary.exists(), 1, "there", least=True)
    verdict("temporary folders left", len(temporary() - BEFORE), 0, "folders")


def temporary() -> set[Path]:
    return {path for kind in ("grade", "ground") for path in Path(tempfile.gettempdir()).glob(f"course-{kind}-*")}


def kill_and_resume(base: Path, out: Path, expected: list) -> None:
    title("two workers, killed in the middle (SIGKILL), and started again")
    running = subprocess.Popen(command(base, out, ["--workers", "2"]), cwd=ROOT, stdout=subprocess.DEVNULL)
    verdicts = out / "verdicts"
    until = time.monotonic() + LONGEST
    while len(list(verdicts.glob("*.json"))) < 0.4 * len(expected) and time.monotonic() < until:
        if running.poll() is not None:
            raise SystemExit("the run ended before it could be killed")
        time.sleep(0.5)
    family = psutil.Process(running.pid).children(recursive=True)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    kept = len(list(verdicts.glob("*.json")))
    _, alive = psutil.wait_procs(family, timeout=20)
    report("processes at that moment", str(len(family)))
    verdict("of them alive 20 s later", len(alive), 0, "processes")
    report("verdicts written before", str(kept))
    said = graded("the run that goes on", base, out, expected, ["--workers", "2"])
    taken = re.search(r"(\d+) verdicts? from before", said)
    verdict("verdicts taken over", int(taken[1]) if taken else 0, kept, "of them", least=True)


@contextmanager
def cluster(base: Path):
    """The address of a scheduler with two workers of one thread, each a process of its own, on loopback."""
    dask = [str(Path(sys.executable).with_name("dask"))]
    quiet = {"cwd": base, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    where = base / "scheduler.json"
    shared = ["--scheduler-file", str(where)]
    started = [
        subprocess.Popen(
            [*dask, "scheduler", *shared, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
            env=environment,
            **quiet,
        )
    ]
    try:
        while not where.exists():
            time.sleep(0.2)
        worker = [*dask, "worker", *shared, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard"]
        worker += ["--memory-limit", "0"]  # the course watches the memory of each answer itself
        started += [subprocess.Popen(worker, env=environment, **quiet) for _ in range(2)]
        yield json.loads(where.read_text("utf-8"))["address"]
    finally:
        for process in started[::-1]:
            process.terminate()
        for process in started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
