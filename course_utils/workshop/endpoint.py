"""The model server that `COURSE_ENDPOINT` names: is its address one, does it answer, what is its model called?

Any server with OpenAI's interface will do: `course.py serve`, `transformers serve`, vLLM, a hosted provider. Pages talk
to it with `huggingface_hub.InferenceClient`; here is only what comes before the first question.
"""

import json
import os
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

from ..describing import one_line, say, shorten
from ..errors import CourseError
from ..models.checkpoints import Elsewhere

SECONDS = 5  # for the whole question, name resolution too
MOST_BYTES = 2_000_000  # of a list of models; a hosted provider's has some hundred kilobytes
# Without a token the client would send the one that a learner keeps for the Hub, to a machine that is not the Hub.
NO_TOKEN = "none"
EXAMPLE = "http://192.168.1.20:8000"


@dataclass(frozen=True)
class ModelServer:
    """What `InferenceClient(base_url=…, token=…)` and its `chat_completion(model=…)` need."""

    url: str
    model: str
    token: str = field(default=NO_TOKEN, repr=False)


def find_endpoint() -> ModelServer | Elsewhere:
    """The model server of `COURSE_ENDPOINT`, seen to answer; a sentence is printed in any case.

    `COURSE_ENDPOINT_MODEL` names the model where a server has several, `COURSE_ENDPOINT_TOKEN` the token where it wants
    one. It takes at most five seconds. Where no server can be used, what comes back is false, so that a page can go on:
    `if server: …`. Any use of it raises the sentence that was printed.
    """
    try:
        server = _found()
    except CourseError as reason:
        say(str(reason))
        return Elsewhere(str(reason))
    say(f"{server.model} answers at {server.url}. What you ask goes to that machine.")
    return server


def _found() -> ModelServer:
    url, token = read_address(_setting("COURSE_ENDPOINT")), _setting("COURSE_ENDPOINT_TOKEN")
    if not token.isascii() or not token.isprintable():
        raise CourseError("COURSE_ENDPOINT_TOKEN should be a token, letters and digits: copy it again, in one piece.")
    status, body = _ask(f"{url}{'' if url.endswith('/v1') else '/v1'}/models", url, token)
    wished = _setting("COURSE_ENDPOINT_MODEL")
    if status in (401, 403):
        advice = "it does not take the one in COURSE_ENDPOINT_TOKEN" if token else "set COURSE_ENDPOINT_TOKEN to it"
        raise CourseError(f"The server at {url} wants a token: {advice}; ask whoever runs it.")
    if status == 429 or status >= 500:
        raise CourseError(f"The server at {url} is busy or still starts (status {status}): try again in a minute.")
    names = _names(body) if status == 200 else None
    if names is None and not (status in (404, 405) and wished):  # some servers have no list
        raise CourseError(
            f"Something answers at {url}, but no model server: {_seen(status)}. Compare the address with the one that "
            "you were given."
        )
    return ModelServer(url, wished or _only(names, url), token or NO_TOKEN)


def _setting(name: str) -> str:
    return os.environ.get(name, "").strip().strip("'\"")


def read_address(given: str) -> str:
    """An address as `InferenceClient` takes it: http or https, a machine, perhaps a port and a path; no last slash.

    Raises:
        CourseError: it is empty or not such an address.
    """
    if not given:
        raise CourseError(
            "COURSE_ENDPOINT names no model server, so none was asked. If your class has one, its address is on the "
            "board."
        )
    try:
        parts = urlsplit(given)
        odd = not (parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port))
        odd = odd or bool(parts.query or parts.fragment or not given.isprintable() or " " in given)
        if parts.username is not None or parts.password is not None:
            raise CourseError(
                "COURSE_ENDPOINT should hold no name and no password: put a token into COURSE_ENDPOINT_TOKEN instead."
            )
    except ValueError:  # a port that is no number, brackets that do not close
        odd = True
    if odd:
        guess = f"http://{given}"
        meant = (
            f"did you mean {guess}?"
            if set(given) & set(".:") and "//" not in given and len(given) < 80 and _is_address(guess)
            else "copy it from the board."
        )
        raise CourseError(
            f"COURSE_ENDPOINT should be an address such as {EXAMPLE}, but is {shorten(one_line(given), 80)!r}: {meant}"
        )
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _is_address(text: str) -> bool:
    try:
        return bool(read_address(text))
    except CourseError:
        return False


def _ask(models: str, url: str, token: str) -> tuple[int, bytes]:
    """Status and body of a GET, with the client that the page uses, so that proxies and certificates are the same."""
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session

    if constants.HF_HUB_OFFLINE:  # it was read when the library was imported
        raise CourseError(
            f"HF_HUB_OFFLINE is set, and then the client asks no machine at all, not even {url}: unset it, restart the "
            "kernel, and set COURSE_MODELS=offline instead if the Hub should not be asked."
        )
    answers: SimpleQueue = SimpleQueue()

    def ask() -> None:
        body, headers = b"", {"authorization": f"Bearer {token or NO_TOKEN}"}
        try:
            with get_session().stream("GET", models, headers=headers, timeout=SECONDS) as answer:
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        break
                answers.put((answer.status_code, body))
        except Exception as error:  # whatever the client of the day raises
            answers.put(error)

    # A thread that may be left behind: resolving a name has no time limit, and a trickle resets the client's.
    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=SECONDS)
    except Empty:
        answer = TimeoutError()
    if not isinstance(answer, Exception):
        return answer
    late = "Timeout" in type(answer).__name__
    why = f"did not answer within {SECONDS} seconds" if late else "cannot be reached"
    said = "" if late else f" ({shorten(one_line(str(answer)) or type(answer).__name__, 80)})"
    raise CourseError(
        f"The model server at {url} {why}{said}: does it run, and is this machine in the same network? Ask whoever "
        "runs it."
    )


def _names(body: bytes) -> list[str] | None:
    """The names in a list of models; None if it is not one."""
    try:
        data = json.loads(body)["data"]
        return [row["id"] for row in data if isinstance(row["id"], str) and row["id"].isprintable()]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _seen(status: int) -> str:
    if status == 200:
        return "its /v1/models is no list of models"
    return f"its /v1/models gave status {status}"


def _only(names: list[str] | None, url: str) -> str:
    if names and len(names) == 1:
        return names[0]
    if not names:
        raise CourseError(f"The server at {url} names no model: set COURSE_ENDPOINT_MODEL to the name of its model.")
    shown = ", ".join(shorten(name, 60) for name in names[:3])
    raise CourseError(
        f"The server at {url} has {len(names)} models: set COURSE_ENDPOINT_MODEL to the name of one, such as {shown}."
    )
