"""5.4 What a chat template writes."""

from course_utils.exercises.answers import Slip, call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import exact

_SYSTEM = "You are a clerk."

_HELLO = [{"role": "user", "content": "Hello!"}]

_TALK = [
    {"role": "user", "content": "Is it open?"},
    {"role": "assistant", "content": "Yes."},
    {"role": "user", "content": "Until when?"},
]

_OWN = [{"role": "system", "content": "Answer in one word."}, {"role": "user", "content": "Two and two?"}]

# (what is special, messages, system)
_OTHERS = (
    (
        "a system message further down",
        [_HELLO[0], {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who are you?"}],
        _SYSTEM,
    ),
    (
        "a second system message",
        [*_OWN, {"role": "system", "content": "Now answer in full."}, {"role": "user", "content": "And three?"}],
        _SYSTEM,
    ),
    ("the same message twice", [{"role": "user", "content": "Is the system down?"}] * 2, _SYSTEM),
    ("two messages of the user in a row", [*_HELLO, {"role": "user", "content": "Anybody there?"}], _SYSTEM),
    ("the assistant as the first one", [{"role": "assistant", "content": "Good morning."}, *_HELLO], _SYSTEM),
    ("the assistant as the last one", [*_HELLO, {"role": "assistant", "content": "Good morning."}], _SYSTEM),
    ("`content` before `role` in the dictionary", [{"content": "Hello!", "role": "user"}], _SYSTEM),
    ("spaces and new lines at the ends of `content`", [{"role": "user", "content": " a = 1\nb = 2\n"}], _SYSTEM),
    ("an empty text as `system`", _HELLO, ""),
    ("a longer conversation", [*_OWN, {"role": "assistant", "content": "Four."}, *_TALK], "Be polite."),
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
    given = call(answer, _HELLO, _SYSTEM)
    if not is_a(given, str):
        return f"Your function should return one text; given: {describe(given)}."
    value, right = str.__str__(given), _chat_text(_HELLO, _SYSTEM)
    if value != right:
        return _slip(value, right) or f"Expected {exact(right)}; given: {exact(value)}."
    value, right = _text(answer, _TALK, _SYSTEM), _chat_text(_TALK, _SYSTEM)
    if value != right:
        if "<|im_start|>user\nYes." in value:
            return (
                "`Yes.` is said by the assistant, and your text gives it to the user: take the role out of the message."
            )
        if "Is it open?" not in value:
            return (
                "`Is it open?`, an earlier turn, is missing: the model remembers nothing, so the whole conversation is "
                "sent each time."
            )
        return f"With three turns, expected {exact(right)}; given: {exact(value)}."
    value, right = _text(answer, _OWN, _SYSTEM), _chat_text(_OWN, _SYSTEM)
    if value != right:
        if _SYSTEM in value and _OWN[0]["content"] in value:
            return "A conversation that begins with its own system message needs no second one."
        if _SYSTEM in value:
            return "A conversation that begins with its own system message keeps it: `system` does not replace it."
        return f"With a system message, expected {exact(right)}; given: {exact(value)}."
    for special, messages, system in _OTHERS:
        value, right = _text(answer, messages, system), _chat_text(messages, system)
        if value != right:
            return f"With {special}, expected {exact(right)}; given: {exact(value)}."
    return None


def _text(answer, messages: list[dict], system: str) -> str:
    given = call(answer, messages, system)
    if not is_a(given, str):
        raise Slip("not yet", f"Your function should return one text every time; given: {describe(given)}.")
    return str.__str__(given)


def _slip(value: str, right: str) -> str | None:
    """What is told of this text, the one user message."""
    opening, start = "<|im_start|>assistant\n", right.removesuffix("<|im_start|>assistant\n")
    slips = (
        (
            (start, start.rstrip("\n")),
            "The answer is not opened: without `<|im_start|>assistant` and a new line at the end, the model may go on "
            "as the user.",
        ),
        (
            (start + opening.rstrip() + "<|im_end|>\n", right + "<|im_end|>\n", right + "<|im_end|>"),
            "You closed the assistant's turn before it began: what is to be written stays open.",
        ),
        ((right.rstrip("\n"),), "After the last `assistant` comes a new line, as after every role."),
        ((right + "\n",), "After the last `assistant` comes one new line, no more."),
        ((right.replace("<|im_end|>", ""),), "The turns are not closed: each ends with `<|im_end|>`."),
        ((right.replace("<|im_end|>\n", "<|im_end|>"),), "Each `<|im_end|>` is followed by a new line."),
        (
            (right.replace("\nHello!", " Hello!").replace("\nYou are", " You are"),),
            "Between the role and the text stands a new line, not a space.",
        ),
        ((right.replace("\n", "\\n"),), "A new line is written `\\n` with one backslash; yours are two characters."),
    )
    meant = next((sentence for texts, sentence in slips if value in texts), None)
    if meant is None and _SYSTEM.lower() not in value.lower():
        return f"`{_SYSTEM}`, the text of `system`, is missing: this conversation brings no system message of its own."
    return meant


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
        "Print `as_chat(question)`. Which pieces come again in each turn, and what is different in the last one?",
        "First see whether the first message has the role `system`; if not, make a new list with one in front.",
        "Each turn is `<|im_start|>`, the role, a new line, the content, `<|im_end|>`, a new line; the last one is "
        "opened and left open.",
    ),
    solution=_CHAT,
    why=(
        "Every turn has the same marks, so one loop writes them all, also the system message that a new list puts in "
        "front. The text stops where the assistant's words would begin."
    ),
    wrong=(
        Wrong(changed(_CHAT, ('text + "<|im_start|>assistant\\n"', "text")), "The answer is not opened"),
        Wrong(changed(_CHAT, ('assistant\\n"', 'assistant\\n<|im_end|>\\n"')), "You closed the assistant's turn"),
        Wrong(changed(_CHAT, ('assistant\\n"', 'assistant"')), "comes a new line, as after every role"),
        Wrong(changed(_CHAT, ('assistant\\n"', 'assistant\\n\\n"')), "one new line, no more"),
        Wrong(changed(_CHAT, ("= [{", "= messages or [{")), "the text of `system`, is missing"),
        Wrong(changed(_CHAT, ("{message['content']}<|im_end|>", "{message['content']}")), "The turns are not closed"),
        Wrong(changed(_CHAT, ("<|im_end|>\\n", "<|im_end|>")), "is followed by a new line"),
        Wrong(changed(_CHAT, ("{message['role']}\\n", "{message['role']} ")), "not a space"),
        Wrong(changed(_CHAT, ("\\n", "\\\\n")), "yours are two characters"),
        Wrong(
            changed(_CHAT, ("{message['role']}", "{'system' if message is messages[0] else 'user'}")),
            "gives it to the user",
        ),
        Wrong(changed(_CHAT, ("in messages:", "in messages[:1] + messages[-1:]:")), "an earlier turn, is missing"),
        Wrong(changed(_CHAT, ('messages[0]["role"] != "system"', "True")), "needs no second one"),
        Wrong(
            changed(
                _CHAT,
                ("    text = ", '    messages = [{**messages[0], "content": system}] + messages[1:]\n    text = '),
            ),
            "does not replace it",
        ),
        Wrong(
            changed(_CHAT, ('messages[0]["role"] != "system"', 'all(m["role"] != "system" for m in messages)')),
            "further down",
        ),
        Wrong(
            changed(
                _CHAT,
                ("for message in messages:", "for i, message in enumerate(messages):"),
                (
                    "{message['role']}",
                    "{message['role'] if message['role'] == 'system' else 'user' if i % 2 else 'assistant'}",
                ),
            ),
            "the same message twice",
        ),
        Wrong(changed(_CHAT, ("{message['content']}", "{message['content'].strip()}")), "spaces and new lines"),
        Wrong(changed(_CHAT, ('    if messages[0]["role"]', '    if system and messages[0]["role"]')), "an empty text"),
        Wrong(
            changed(_CHAT, ("        text +=", "        role, content = message.values()\n        text +="))
            .replace("message['role']}", "role}")
            .replace("message['content']}", "content}"),
            "`content` before",
        ),
        Wrong(
            changed(
                _CHAT, ("    return", '    if messages[-1]["role"] == "assistant":\n        return text\n    return')
            ),
            "as the last one",
        ),
    ),
    also_wrong=(
        changed(_CHAT, ('messages[0]["role"] != "system"', '"system" not in str(messages[0])')),
        changed(_CHAT, ("in messages:", "in [m for i, m in enumerate(messages) if m not in messages[:i]]:")),
        changed(_CHAT, ("in messages:", 'in messages[:1] + [m for m in messages[1:] if m["role"] != "system"]:')),
        changed(_CHAT, ('messages[0]["role"] != "system"', 'messages[0]["role"] == "user"')),
        changed(_CHAT, ('messages[0]["role"] != "system"', "len(messages) != 2")),
        changed(_CHAT, ("{message['content']}", "{message['content'].rstrip()}")),
        "def chat_text(messages, system):\n"
        '    text = "<|im_start|>system\\nYou are a helpful AI assistant named SmolLM<|im_end|>\\n"\n'
        "    for message in messages:\n"
        "        text += f\"<|im_start|>{message['role']}\\n{message['content']}<|im_end|>\\n\"\n"
        '    return text + "<|im_start|>assistant\\n"',
    ),
    alternatives=(
        "def chat_text(messages, system):\n"
        '    turns = [(m["role"], m["content"]) for m in messages]\n'
        '    if turns[0][0] != "system":\n'
        '        turns.insert(0, ("system", system))\n'
        '    parts = ["<|im_start|>" + "\\n".join(turn) + "<|im_end|>" for turn in turns]\n'
        '    return "\\n".join([*parts, "<|im_start|>assistant", ""])',
        "def turn(role, content):\n"
        '    return "<|im_start|>" + role + "\\n" + content + "<|im_end|>\\n"\n\n'
        "def chat_text(messages, system):\n"
        '    text = "" if [m["role"] for m in messages[:1]] == ["system"] else turn("system", system)\n'
        '    return text + "".join(turn(**m) for m in messages) + "<|im_start|>assistant\\n"',
    ),
)
