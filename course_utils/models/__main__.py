"""`python -m course_utils.models [TASK …]`: fetch what these tasks need offline, or everything; `--sizes` only says how
many MB that is."""

import os
import signal
import sys

from ..errors import CourseError
from .prefetch import prefetch, status


def main(arguments: list[str]) -> int:
    names = [argument for argument in arguments if argument != "--sizes"]
    if any(name.startswith("-") for name in names):
        print("usage: python -m course_utils.models [--sizes] [TASK ...]", file=sys.stderr)
        return 2
    try:
        if "--sizes" in arguments:
            print(sum(row.download_mb for row in status(*names)))
        else:
            prefetch(*names)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Run the same command again: what is ready stays.", file=sys.stderr)
        return 130
    return 0


def _stop_once(number, frame):
    """The first Ctrl-C or end of the session stops the work; a second one must not stop the clearing up."""
    for each in _STOPS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


_STOPS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


if __name__ == "__main__":
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    for each in _STOPS:
        if signal.getsignal(each) is not signal.SIG_IGN:  # as nohup leaves it
            signal.signal(each, _stop_once)
    sys.exit(main(sys.argv[1:]))
