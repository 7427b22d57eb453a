"""`python -m course_utils.models`: fetch all offline weights; `--sizes` only says how much that is."""

import sys

from ..errors import CourseError
from .prefetch import prefetch, status


def main(arguments: list[str]) -> int:
    if arguments == ["--sizes"]:
        print(sum(row.download_mb for row in status()))
        return 0
    if arguments:
        print("usage: python -m course_utils.models [--sizes]", file=sys.stderr)
        return 2
    try:
        prefetch()
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Run the same command again: what is ready stays.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
