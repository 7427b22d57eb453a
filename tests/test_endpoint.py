"""One model server for the room: what `COURSE_ENDPOINT` may be, the cell of 01, the guard, and `course.py serve`.

The servers here are stubs on this machine. With the real one, `benchmarks/room_server.py` speaks.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from huggingface_hub import InferenceClient, constants
from huggingface_hub.errors import HfHubHTTPError

from course_utils import CourseError
from course_utils.authoring import sources
from course_utils.workshop import endpoint, guarding, room_server, serving

ROOT = Path(__file__).parents[1]
SMOL = "SmolLM2-135M-Instruct"
WORDS = ("12 - 5", " is", " 7.")


# --- a stub that speaks OpenAI's language -----------------------------------------------------------------


def models(*names: str) -> bytes:
    return json.dumps({"object": "list", "data": [{"id": name} for name in names]}).encode()


ONE = (200, models(SMOL))


class Stub:
    """A server: `lists` is the answer to /models, status and body; `asked` has (path, body, authorization) of each."""

    def __init__(self, lists=ONE, *, delay=0.0, words=WORDS, breaks=False, endless=False):
        self.lists, self.delay, self.words, self.breaks, self.endless = lists, delay, words, breaks, endless
        self.asked: list[tuple] = []
        self.left = threading.Event()  # a client has gone before its answer was whole

    def get(self, request) -> None:
        self.asked.append((request.path, None, request.headers["Authorization"]))
        time.sleep(self.delay)
        if request.path == "/health":
            return answer(request, 200, b"{}")
        if request.path not in ("/v1/models", "/proxy/v1/models"):
            return answer(request, 404, b"<!doctype html>")
        if self.endless:
            request.send_response(200)
            request.end_headers()
            while True:
                request.wfile.write(b"[" * 100_000)
        answer(request, *self.lists)

    def post(self, request) -> None:
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        self.asked.append((request.path, body, request.headers["Authorization"]))
        if not body.get("stream"):
            message = {"message": {"role": "assistant", "content": "".join(self.words)}, "index": 0}
            return answer(request, 200, json.dumps({"choices": [message], "model": body["model"]}).encode())
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        try:
            for word in self.words:
                delta = {"index": 0, "delta": {"role": "assistant", "content": word}}
                part = f"data: {json.dumps({'choices': [delta], 'model': body['model']})}\n\n".encode()
                request.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                if self.breaks:
                    request.connection.shutdown(socket.SHUT_RDWR)
                    return
                time.sleep(self.delay)
            request.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.left.set()


def answer(request, status: int, body: bytes) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


@contextmanager
def running(stub: Stub):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.close_connection = True  # or its thread would wait for the client's next question
            stub.get(self)

        def do_POST(self):
            self.close_connection = True
            stub.post(self)

        def log_message(self, *_):
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            pass

    with Quiet(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in ("COURSE_ENDPOINT", "COURSE_ENDPOINT_MODEL", "COURSE_ENDPOINT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_learner")  # what must not go to the room's machine


@pytest.fixture
def sentence(monkeypatch, capsys):
    """sentence(address, MODEL=…, TOKEN=…) -> what find_endpoint gives, and the line that it printed."""

    def find(address: str, **more: str):
        monkeypatch.setenv("COURSE_ENDPOINT", address)
        for name, value in more.items():
            monkeypatch.setenv(f"COURSE_ENDPOINT_{name}", value)
        capsys.readouterr()
        found = endpoint.find_endpoint()
        (line,) = capsys.readouterr().out.strip().split("\n")
        return found, line

    return find


# --- the address ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["http://10.0.0.7:8000", "http://10.0.0.7:8000/", "http://10.0.0.7:8000/v1/"])
def test_an_address_is_taken_as_people_write_it(given):
    assert endpoint.read_address(given) == given.rstrip("/")
    assert endpoint.read_address(f"{given.rstrip('/')}/chat/completions") == given.rstrip("/")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "names no model server"),
        ("192.168.1.20:8000", "did you mean http://192.168.1.20:8000?"),
        ("ftp://192.168.1.20", "such as http://"),
        ("http://", "such as http://"),
        ("http://here:port", "such as http://"),
        ("http://here:99999", "such as http://"),
        ("http://[::1", "such as http://"),
        ("http://here/?model=x", "such as http://"),
        ("http://he re", "such as http://"),
        ("http://me:secret@here", "no name and no password"),
        ("x" * 5000, "such as http://"),
    ],
)
def test_an_odd_address_gets_one_sentence(sentence, given, says):
    found, line = sentence(given)
    assert not found and says in line and "secret" not in line and len(line) < 300
    with pytest.raises(CourseError, match="COURSE_ENDPOINT"):
        found.url  # noqa: B018 (whoever goes on all the same gets the sentence again)


# --- the server -------------------------------------------------------------------------------------------

BAD = {
    "401": (Stub((401, b"")), {}, "wants a token: set COURSE_ENDPOINT_TOKEN"),
    "401 with one": (Stub((401, b"")), {"TOKEN": "abc"}, "does not take the one in COURSE_ENDPOINT_TOKEN"),
    "404": (Stub((404, b"")), {}, "no model server: its /v1/models gave status 404"),
    "a page": (Stub((200, b"<!doctype html><title>router</title>")), {}, "is no list of models"),
    "another list": (Stub((200, b'{"data": [1, 2]}')), {}, "is no list of models"),
    "too deep": (Stub((200, b"[" * 100_000)), {}, "is no list of models"),
    "endless": (Stub(endless=True), {}, "is no list of models"),
    "503": (Stub((503, b"")), {}, "busy or still starts (status 503)"),
    "none": (Stub((200, models())), {}, "names no model: set COURSE_ENDPOINT_MODEL"),
    "several": (Stub((200, models("a/one", "b/two"))), {}, "has 2 models: set COURSE_ENDPOINT_MODEL"),
    "token of two lines": (Stub(), {"TOKEN": "abc\ndef"}, "should be a token"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_server_that_cannot_be_used_gets_one_sentence(sentence, kind):
    stub, more, says = BAD[kind]
    with running(stub) as address:
        found, line = sentence(address, **more)
    assert not found and says in line and len(line) < 300


def test_a_server_that_is_slow_or_away_costs_no_longer_than_said(sentence, monkeypatch):
    monkeypatch.setattr(endpoint, "SECONDS", 0.3)
    with running(Stub(delay=2)) as address:
        begun = time.monotonic()
        found, line = sentence(address)
        assert not found and "did not answer within 0.3 seconds" in line and time.monotonic() - begun < 1.5
    found, line = sentence(address)  # nobody is there any more
    assert not found and "cannot be reached" in line


def test_a_client_that_may_ask_nobody_says_so(sentence, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with running(Stub()) as address:
        found, line = sentence(address)
    assert not found and "HF_HUB_OFFLINE is set" in line


@pytest.mark.parametrize(
    ("lists", "path", "more", "model"),
    [
        ((200, models(SMOL)), "", {}, SMOL),
        ((200, models(SMOL)), "/v1", {}, SMOL),
        ((200, models(SMOL)), "/proxy", {}, SMOL),
        ((200, models("a/one", "b/two")), "", {"MODEL": "b/two"}, "b/two"),
        ((404, b""), "", {"MODEL": "/their/folder"}, "/their/folder"),
    ],
)
def test_a_good_server_is_found(sentence, lists, path, more, model):
    with running(Stub(lists)) as address:
        found, line = sentence(address + path, **more)
    assert found and (found.url, found.model) == (address + path, model)
    assert model in line and "What you ask goes to that machine." in line


def test_a_token_is_sent_and_never_shown_and_the_hubs_is_not_sent(sentence):
    with running(stub := Stub()) as address:
        found, line = sentence(address, TOKEN="abc-secret")
        assert "secret" not in line + repr(found) and stub.asked[-1][2] == "Bearer abc-secret"
        found, _ = sentence(address, TOKEN="")
        InferenceClient(base_url=found.url, token=found.token).chat_completion([{"role": "user", "content": "?"}])
    assert {authorization for *_, authorization in stub.asked[1:]} == {"Bearer none"}


# --- the page ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cell():
    page = sources.select(["01"])[0].read_text("utf-8")
    (source,) = (part.split("```")[0] for part in page.split("```python\n") if "find_endpoint()" in part)
    return source


def test_the_cell_of_01_is_short_and_says_one_sentence_without_a_server(cell, capsys):
    assert len(cell.strip().splitlines()) <= 12 and "InferenceClient(base_url=" in cell
    exec(cell, {})
    assert capsys.readouterr().out.count("\n") == 1


def test_the_cell_of_01_prints_the_answer_of_a_server(cell, capsys, monkeypatch):
    with running(stub := Stub()) as address:
        monkeypatch.setenv("COURSE_ENDPOINT", address)
        exec(cell, {})
    assert capsys.readouterr().out.endswith("12 - 5 is 7.")
    path, body, authorization = stub.asked[-1]
    assert (path, body["model"], body["stream"], authorization) == ("/v1/chat/completions", SMOL, True, "Bearer none")


# --- the guard --------------------------------------------------------------------------------------------


@contextmanager
def guarded(stub: Stub, *, awake: bool = True):
    """A guard before a stub: its address, and the application."""
    import uvicorn

    with running(stub) as behind, socket.create_server(("127.0.0.1", 0)) as door:
        app = guarding.guard(SMOL, lambda: behind if awake else None, "folder-1234", lambda text: len(text.split()))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}", app
        finally:
            server.should_exit = True
            thread.join(5)


QUESTION = [{"role": "user", "content": "What is 12 - 5?"}]


def post(address: str, body: bytes, path: str = "/v1/chat/completions") -> tuple[int, dict]:
    request = urllib.request.Request(address + path, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, json.loads(text) if text[:1] == b"{" else {}


def test_the_guard_passes_questions_on_and_reads_and_writes_them_anew(sentence):
    with guarded(stub := Stub()) as (address, app):
        found, _ = sentence(address)
        assert found.model == SMOL  # the guard's own list: the instructor's other models are nobody's business
        client = InferenceClient(base_url=found.url, token=found.token)
        more = {"temperature": 2.0, "seed": 7, "extra_body": {"user": "me", "stream_options": {"a": 1}}}
        parts = client.chat_completion(model=SMOL, messages=QUESTION, max_tokens=9, stream=True, **more)
        assert [part.choices[0].delta.content for part in parts] == list(WORDS)
        assert client.chat_completion(QUESTION, model=SMOL).choices[0].message.content == "".join(WORDS)
        assert (app.state.asked, app.state.busy) == (2, 0)
    passed = [body for path, body, _ in stub.asked if body]
    wanted = {"model": "folder-1234", "messages": QUESTION}
    assert passed == [wanted | {"max_tokens": 9, "stream": True}, wanted | {"max_tokens": 256, "stream": False}]


def chat(**changes) -> bytes:
    return json.dumps({"messages": QUESTION, **changes}).encode()


REFUSED = {
    "another model": (chat(model="/home/her/secret"), 404, "one model"),
    "a folder as a list": (chat(model=["x"]), 404, "one model"),
    "no json": (b"\xff{", 400, "JSON object"),
    "a list": (b"[]", 400, "JSON object"),
    "too deep": (b"[" * 100_000, 400, "JSON object"),
    "too large": (b"[" * 300_000, 413, "200,000 bytes"),
    "a configuration": (chat(generation_config='{"max_new_tokens": 1000000}'), 400, "'generation_config'"),
    "tools": (chat(tools=[{"type": "function"}]), 400, "'tools'"),
    "many answers": (chat(n=100), 400, "one answer"),
    "no end": (chat(max_tokens=10**9), 400, "from 1 to 512"),
    "nothing": (chat(max_tokens=0), 400, "from 1 to 512"),
    "true": (chat(max_completion_tokens=True), 400, "from 1 to 512"),
    "no messages": (chat(messages=[]), 400, "list of 1 to 64"),
    "no role": (chat(messages=[{"content": "x"}]), 400, "a role"),
    "a number": (chat(messages=[{"role": "user", "content": 5}]), 400, "text"),
    "a picture": (chat(messages=[{"role": "user", "content": [{"type": "image_url"}]}]), 400, "text"),
    "too long": (chat(messages=[{"role": "user", "content": "word " * 1001}]), 400, "1,000 tokens, but have 1,001"),
}


def test_the_guard_refuses_with_a_sentence_and_the_server_hears_nothing():
    with guarded(stub := Stub()) as (address, app):
        for name, (body, status, says) in REFUSED.items():
            found, text = post(address, body)
            assert (found, says in text["error"]["message"]) == (status, True), (name, text)
        for path in ("/load_model", "/reset", "/v1/audio/transcriptions", "/v1/completions", "/v1/responses"):
            assert post(address, b'{"model": "/etc"}', path)[0] == 404
        assert stub.asked == []
        half = b'{"messages": [{"role": "user", "content": "\\ud800 hi"}]}'  # half a character
        assert post(address, half)[0] == 200 and app.state.busy == 0


def test_the_guard_says_so_when_the_server_is_away_or_breaks_off():
    with guarded(Stub(), awake=False) as (address, _):
        status, text = post(address, chat())
        assert status == 503 and "starting anew" in text["error"]["message"]
    with guarded(Stub(breaks=True)) as (address, app):
        client = InferenceClient(base_url=address, token="none")
        with pytest.raises(Exception, match="stopped in the middle"):
            list(client.chat_completion(model=SMOL, messages=QUESTION, stream=True))
        with pytest.raises(HfHubHTTPError, match="This server has one model"):
            client.chat_completion(model="another", messages=QUESTION)
        assert app.state.busy == 0


def test_a_learner_who_leaves_frees_the_place():
    with guarded(stub := Stub(words=["word "] * 200, delay=0.02)) as (address, app):
        request = urllib.request.Request(f"{address}/v1/chat/completions", chat(stream=True))
        with urllib.request.urlopen(request, timeout=10) as response:
            response.readline()
            assert app.state.busy == 1
        assert stub.left.wait(3)
        wait_for(lambda: app.state.busy == 0)


def test_a_full_room_is_told_to_wait(monkeypatch):
    monkeypatch.setattr(guarding, "MOST_AT_ONCE", 0)
    with guarded(Stub()) as (address, _):
        status, text = post(address, chat())
    assert status == 429 and "ask again in a minute" in text["error"]["message"]


def wait_for(ready, seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.02)


# --- course.py serve --------------------------------------------------------------------------------------

FAKE = """
import sys, threading, os
from http.server import BaseHTTPRequestHandler, HTTPServer
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
words = sys.argv[1:]
if "broken" in words[0]:
    sys.exit("OSError: the weights cannot be read")
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(str(os.getpid()).encode())
    def do_POST(self):
        self.send_response(500 if "mute" in words[0] else 200); self.end_headers()
    def log_message(self, *_): pass
HTTPServer(("127.0.0.1", int(words[words.index("--port") + 1])), Handler).serve_forever()
"""


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.setattr(room_server, "SERVE", (sys.executable, "-S", "-c", FAKE))
    return lambda name, folder: room_server.Model(name, folder / name, "cpu", "float32")


def test_a_model_that_dies_is_started_anew_and_ends_with_us(fake, tmp_path):
    with room_server.RoomServer(fake("good", tmp_path)) as server:
        server.start()
        first = server._process
        assert server.address and set(room_server.BATCHING) <= set(first.args)
        server.watch(every=0.05)
        first.kill()
        wait_for(lambda: server._process is not first and server.address)
    assert server._process.poll() is not None and server.address is None


@pytest.mark.parametrize(("name", "says"), [("broken", "the weights cannot be read"), ("mute", "does not chat")])
def test_a_model_that_does_not_start_gets_one_sentence(fake, tmp_path, name, says):
    with room_server.RoomServer(fake(name, tmp_path)) as server, pytest.raises(CourseError, match=says):
        server.start()
    assert server._process.poll() is not None


def test_serve_prints_the_line_for_the_board_and_leaves_nothing_behind(tmp_path):
    code = (
        "import sys; from course_utils.workshop import room_server, serving\n"
        f"room_server.SERVE = ({sys.executable!r}, '-S', '-c', {FAKE!r})\n"
        f"mine = room_server.Model('mine', serving.Path({str(tmp_path / 'mine')!r}), 'cpu', 'auto')\n"
        "serving.choose_model = lambda wish: mine\n"
        "sys.exit(serving.main(['--port', '0']))"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True) as process:
        try:
            lines = []
            for text in process.stdout:
                lines.append(text.strip())
                if text.startswith("Stop it with Ctrl+C."):
                    break
            (line,) = (line for line in lines if line.startswith("COURSE_ENDPOINT="))
            address = line.partition("=")[2]
            with urllib.request.urlopen(f"{address}/v1/models", timeout=5) as response:
                assert json.load(response)["data"][0]["id"] == "mine"
            text = " ".join(lines)
            assert "Not protected: every user of this machine" in text and "--address 0.0.0.0" in text
        finally:
            process.send_signal(signal.SIGTERM)
            rest = process.communicate(timeout=10)[0]
    assert process.returncode == 0 and "Stopped; 0 questions were passed on." in rest
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_what_serve_cannot_do_it_says_before_it_loads(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CourseError, match="try --port"):
        serving.main(["--port", str(taken.getsockname()[1])])
    with pytest.raises(CourseError, match="lacks them"):
        serving.main(["--port", "0", "--model", str(tmp_path)])
    for wish in ("nowhere", "/no/such/folder", "../x/y"):
        with pytest.raises(CourseError, match="is neither"):
            serving.main(["--port", "0", "--model", wish])


def test_the_board_shows_an_address_that_others_can_reach(monkeypatch):
    from types import SimpleNamespace as Row

    def rows(*hosts):
        return [Row(family=socket.AF_INET, address=host) for host in hosts]

    networks = {
        "docker0": rows("172.17.0.1"),
        "lo": rows("127.0.0.1"),
        "wlan0": rows("192.168.1.7"),
        "off": rows("9.9.9.9"),
    }
    monkeypatch.setattr(serving.psutil, "net_if_addrs", lambda: networks)
    monkeypatch.setattr(serving.psutil, "net_if_stats", lambda: {name: Row(isup=name != "off") for name in networks})
    assert serving.urls("0.0.0.0", 80) == ["http://192.168.1.7:80", "http://172.17.0.1:80"]
    assert serving.urls("::1", 80) == ["http://[::1]:80"] and serving.urls("10.0.0.1", 80) == ["http://10.0.0.1:80"]
    model = room_server.Model("m", Path("m"), "cpu", "float32")
    said = serving.announcement(model, serving.urls("0.0.0.0", 80), open_to_all=True)
    assert "everybody in your network" in said and "or http://172.17.0.1:80" in said
