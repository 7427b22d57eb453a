"""5.4 What a chat template writes."""

from course_utils.exercises.answers import call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import exact

_SYSTEM = "You are a clerk."


_TALK = (
    [{"role": "user", "content": "Hello!"}],
    [
        {"role": "user", "content": "Is it open?"},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "Until when?"},
    ],
    [{"role": "system", "content": "Answer in one word."}, {"role": "user", "content": "Two and two?"}],
)


_CHAT = (
    "def chat_text(messages, system):\n"
    '    if messages[0]["role"] != "system":\n'
    '        messages = [{"role": "system", "content": system}] + messages\n'
    '    text = ""\n'
    "    for message in messages:\n"
    "        text += f\"<|im_start|>{message['role']}\\n{message['content']}<|im_end|>\\n\"\n"
    '    return text + "<|im_start|>assistant\\n"'
)


def _chat_text(messages, system) -> str:
    if messages[0]["role"] != "system":
        messages = [{"role": "system", "content": system}, *messages]
    turns = [f"<|im_start|>{message['role']}\n{message['content']}<|im_end|>\n" for message in messages]
    return "".join(turns) + "<|im_start|>assistant\n"


def _check_chat(answer) -> str | None:
    value = call(answer, _TALK[0], _SYSTEM)
    if not is_a(value, str):
        return f"Your function should return one text; given: {describe(value)}."
    right = _chat_text(_TALK[0], _SYSTEM)
    if value != right:
        opening = "<|im_start|>assistant\n"
        if value == right.removesuffix(opening):
            return (
                "The answer is not opened: without `<|im_start|>assistant` and a new line at the end, the model may "
                "go on as the user."
            )
        if value in (right.rstrip("\n") + "<|im_end|>\n", right + "<|im_end|>\n"):
            return "You closed the assistant's turn before it began: what is to be written stays open."
        if value == right.rstrip("\n"):
            return "After the last `assistant` comes a new line, as after every role."
        if _SYSTEM.lower() not in value.lower():
            return "The system message is missing: this conversation brings none, so `system` goes in front."
        if value == right.replace("<|im_end|>", ""):
            return "The turns are not closed: each ends with `<|im_end|>`."
        if value == right.replace("<|im_end|>\n", "<|im_end|>"):
            return "Each `<|im_end|>` is followed by a new line."
        if value == right.replace("\nHello!", " Hello!").replace("\nYou are", " You are"):
            return "Between the role and the text stands a new line, not a space."
        return f"Expected {exact(right)}; given: {describe(value)}."
    value, right = call(answer, _TALK[1], _SYSTEM), _chat_text(_TALK[1], _SYSTEM)
    if value != right:
        if "<|im_start|>user\nYes." in str(value):
            return "You made every turn the user's: take the role out of the message."
        if "Is it open?" not in str(value):
            return (
                "Earlier turns are missing: the model remembers nothing, so the whole conversation is sent each time."
            )
        return f"With three turns, expected {exact(right)}; given: {describe(value)}."
    value, right = call(answer, _TALK[2], _SYSTEM), _chat_text(_TALK[2], _SYSTEM)
    if value != right and _SYSTEM in str(value):
        return "A conversation that begins with its own system message needs no second one."
    return None if value == right else f"With a system message, expected {exact(right)}; given: {describe(value)}."


EXERCISE = Exercise(
    id="5.4",
    title="What a chat template writes",
    minutes=7,
    difficulty="medium",
    starter="def chat_text(messages, system):\n    ...",
    answer="chat_text",
    check=_check_chat,
    expects="a function that returns one text",
    hints=(
        "First see whether `messages[0]` is a system message; if not, put one with `system` as content in front.",
        "Each turn is `<|im_start|>`, the role, a new line, the content, `<|im_end|>`, a new line; the last one is "
        "opened and left open.",
    ),
    solution=_CHAT,
    wrong=(
        Wrong(changed(_CHAT, ('text + "<|im_start|>assistant\\n"', "text")), "The answer is not opened"),
        Wrong(changed(_CHAT, ('assistant\\n"', 'assistant\\n<|im_end|>\\n"')), "You closed the assistant's turn"),
        Wrong(changed(_CHAT, ('assistant\\n"', 'assistant"')), "After the last `assistant`"),
        Wrong(changed(_CHAT, ("= [{", "= messages or [{")), "The system message is missing"),
        Wrong(changed(_CHAT, ("{message['content']}<|im_end|>", "{message['content']}")), "The turns are not closed"),
        Wrong(changed(_CHAT, ("<|im_end|>\\n", "<|im_end|>")), "is followed by a new line"),
        Wrong(changed(_CHAT, ("{message['role']}\\n", "{message['role']} ")), "not a space"),
        Wrong(
            changed(_CHAT, ("{message['role']}", "{'system' if message is messages[0] else 'user'}")),
            "You made every turn the user's",
        ),
        Wrong(changed(_CHAT, ("in messages:", "in messages[:1] + messages[-1:]:")), "Earlier turns are missing"),
        Wrong(changed(_CHAT, ('messages[0]["role"] != "system"', "True")), "needs no second one"),
    ),
    alternatives=(
        "def chat_text(messages, system):\n"
        '    turns = [(m["role"], m["content"]) for m in messages]\n'
        '    if turns[0][0] != "system":\n'
        '        turns.insert(0, ("system", system))\n'
        '    parts = ["<|im_start|>" + "\\n".join(turn) + "<|im_end|>" for turn in turns]\n'
        '    return "\\n".join([*parts, "<|im_start|>assistant", ""])',
    ),
)
