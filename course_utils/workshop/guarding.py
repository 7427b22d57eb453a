"""What stands before the room's model server: it lets questions to the one model through, and nothing else.

`transformers serve` pins its model for chats only: `/load_model` and `/v1/audio/transcriptions` load any folder that a
client names, `/reset` throws the model out, `/v1/models` lists what else the instructor keeps, and a request may carry
a whole generation configuration. So each request is read and written anew, with the few fields that a class needs.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

MOST_BODY = 200_000  # bytes of a request
MOST_READ = 1_000  # tokens of all messages; the whole room waits while they are read
MOST_MESSAGES = 64
MOST_TOKENS, USUAL_TOKENS = 512, 256  # of an answer
MOST_AT_ONCE = 64  # answers that are being written
SECONDS = 300  # of silence before an answer, when the room is full
ROLES = ("system", "user", "assistant")
# Refused, because an answer without them would be another one; all else that is not read is left out.
NOT_DONE = ("tools", "functions", "response_format", "logprobs", "stop", "generation_config", "chat_template_kwargs")


class Refusal(Exception):
    """An answer of our own: the status of HTTP and the sentence."""

    def __init__(self, status: int, sentence: str):
        super().__init__(sentence)
        self.status = status


def guard(model: str, behind: Callable[[], str | None], pinned: str, count: Callable[[str], int]):
    """The web application that learners reach; its `state.asked` counts the questions that were passed on.

    Args:
        model: the name that learners see.
        behind: gives the address of `transformers serve`, or None while it starts anew.
        pinned: the name of the model there.
        count: the number of tokens in a text.
    """
    import httpx
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response, StreamingResponse
    from starlette.routing import Route

    @asynccontextmanager
    async def lifespan(app):
        # No proxy of the environment: the server is on this machine.
        patience, many = httpx.Timeout(SECONDS, connect=5), httpx.Limits(max_connections=2 * MOST_AT_ONCE)
        async with httpx.AsyncClient(timeout=patience, limits=many, trust_env=False) as app.state.client:
            yield

    class Passing(StreamingResponse):
        """The answer as it comes. However it ends, also when the learner has gone, the server hears of it."""

        def __init__(self, answer: httpx.Response):
            super().__init__(_pieces(answer, httpx.HTTPError), media_type="text/event-stream")
            self.answer = answer

        async def __call__(self, scope, receive, send) -> None:
            try:
                await super().__call__(scope, receive, send)
            finally:
                app.state.busy -= 1
                await self.answer.aclose()

    async def models(request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": model, "object": "model", "owned_by": "course"}]})

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"} if behind() else {"status": "starting"}, 200 if behind() else 503)

    async def chat(request: Request) -> Response:
        try:
            question = read_question(await _body(request.stream()), model, count)
            address = behind()
            if address is None:
                raise Refusal(503, "The model server is starting anew: ask again in half a minute.")
            if app.state.busy >= MOST_AT_ONCE:
                raise Refusal(429, f"{MOST_AT_ONCE} answers are being written already: ask again in a minute.")
            return await passed_on(f"{address}/v1/chat/completions", question)
        except Refusal as refusal:
            said = {"message": str(refusal), "type": "refused", "code": refusal.status}
            return JSONResponse({"error": said}, refusal.status)

    async def passed_on(url: str, question: dict) -> Response:
        client, passing = app.state.client, None
        app.state.asked, app.state.busy = app.state.asked + 1, app.state.busy + 1
        try:
            answer = await client.send(
                client.build_request("POST", url, json=question | {"model": pinned}), stream=True
            )
            if answer.status_code == 200 and question["stream"]:
                return (passing := Passing(answer))
            text = await answer.aread()
            if answer.status_code != 200:
                raise Refusal(502, "The model server could not answer that: ask again, or ask something else.")
            return Response(text, media_type="application/json")
        except httpx.HTTPError:
            raise Refusal(502, "The model server did not answer: ask again in half a minute.") from None
        finally:
            if passing is None:
                app.state.busy -= 1

    app = Starlette(
        lifespan=lifespan,
        routes=[
            Route("/v1/models", models),
            Route("/health", health),
            Route("/v1/chat/completions", chat, methods=["POST"]),
        ],
    )
    app.state.asked = app.state.busy = 0
    return app


async def _body(parts: AsyncIterator[bytes]) -> bytes:
    body = b""
    async for part in parts:
        body += part
        if len(body) > MOST_BODY:
            raise Refusal(413, f"A request should have at most {MOST_BODY:,} bytes, but this one has more: shorten it.")
    return body


async def _pieces(answer, broken: type[Exception]) -> AsyncIterator[bytes]:
    """The bytes of an answer; one that breaks off ends in a sentence, which the client raises."""
    try:
        async for piece in answer.aiter_raw():
            yield piece
    except broken:
        said = {"error": "The model server stopped in the middle: ask again in half a minute.", "error_type": "broken"}
        yield f"\n\ndata: {json.dumps(said)}\n\n".encode()


def read_question(body: bytes, model: str, count: Callable[[str], int]) -> dict:
    """The question in a request's body, written anew: messages, length and whether it is streamed.

    Raises:
        Refusal: another model, a field that this server does not know, too much, or nothing that can be read.
    """
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise Refusal(
            400, "A request should be a JSON object with messages, but this one is not: see OpenAI's interface."
        )
    wished = asked.get("model", model)
    if wished != model:
        given = repr(wished[:80]) if isinstance(wished, str) else "something else"
        raise Refusal(404, f"This server has one model, {model!r}, and was asked for {given}: leave that out.")
    for name in NOT_DONE:
        if asked.get(name):
            raise Refusal(400, f"This server does not know {name!r}: leave that out.")
    if asked.get("n") not in (None, 1):
        raise Refusal(400, "This server writes one answer to a question: leave out 'n'.")
    named = (asked.get("max_completion_tokens"), asked.get("max_tokens"))
    tokens = next((number for number in named if number is not None), USUAL_TOKENS)
    if type(tokens) is not int or not 1 <= tokens <= MOST_TOKENS:
        raise Refusal(
            400, f"max_tokens should be a whole number from 1 to {MOST_TOKENS}: this server is for a whole class."
        )
    messages = _messages(asked.get("messages"))
    size = sum(count(message["content"]) for message in messages)
    if size > MOST_READ:
        raise Refusal(400, f"The messages should have at most {MOST_READ:,} tokens, but have {size:,}: shorten them.")
    return {"messages": messages, "max_tokens": tokens, "stream": bool(asked.get("stream"))}


def _messages(given: object) -> list[dict]:
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_MESSAGES:
        raise Refusal(
            400, f"messages should be a list of 1 to {MOST_MESSAGES} messages, each with a role and a content."
        )
    messages = []
    for message in given:
        role, content = (message.get("role"), message.get("content")) if isinstance(message, dict) else (None, None)
        if isinstance(content, list):  # the long form: parts, of which this model reads texts only
            texts = [
                part.get("text") if isinstance(part, dict) and part.get("type") == "text" else None for part in content
            ]
            content = "".join(texts) if all(isinstance(text, str) for text in texts) else None
        if role not in ROLES or not isinstance(content, str):
            raise Refusal(400, f"Each message should have a role ({', '.join(ROLES)}) and a content that is text.")
        messages.append({"role": role, "content": content.encode(errors="replace").decode()})  # no half characters
    return messages
