"""`python -m course_utils.workshop NAME …`: the commands that `course.py` passes on."""

import sys
from importlib import import_module

from ..errors import CourseError

COMMANDS = {
    "bundle": "bundling",
    "class": "classroom.class_page",
    "grade": "grading.command",
    "editions": "editions.command",
    "serve": "serving",
    "reset": "resetting",
}


def main(arguments: list[str]) -> int:
    """Run one command; a CourseError is said in its own sentence. 0 when all went well."""
    if not arguments or arguments[0] not in COMMANDS:
        given = f"; given: {arguments[0]!r}" if arguments else ""
        print(f"Expected one of {', '.join(COMMANDS)}{given}.", file=sys.stderr)
        return 2
    name, *rest = arguments
    try:
        return import_module(f".{COMMANDS[name]}", __package__).main(rest)
    except CourseError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nStopped. `{name}` can be started again.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
