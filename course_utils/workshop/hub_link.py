"""The link that opens the course on a JupyterHub: nbgitpuller copies it into the learner's home, then a page opens.

`python -m course_utils.workshop.hub_link https://hub.example.org` prints it; `hub/README.md` says what the hub needs.
"""

import argparse
import sys
from urllib.parse import SplitResult, urlencode, urlsplit

from ..errors import CourseError

FIRST_PAGE = "notebooks/00_start_here.ipynb"


def hub_link(hub: str, repository: str, *, branch: str = "main", page: str = FIRST_PAGE) -> str:
    """A link for learners: it logs them in, starts their server, fetches what is new, and opens `page`.

    Args:
        hub: the address of the hub, such as "https://hub.example.org".
        repository: where git finds the course, as the hub's machine sees it: an https address, or file:///srv/course.
        branch: its branch.
        page: a path in it.

    Raises:
        CourseError: an address that is none, or a page that is no path in the repository.
    """
    address, source = _parts(hub), _parts(repository)
    if address.scheme not in ("http", "https") or not address.netloc or address.query or address.fragment:
        raise CourseError(f"The hub should be an address such as https://hub.example.org, but is {hub[:80]!r}.")
    name = source.path.rstrip("/").rpartition("/")[2].removesuffix(".git")
    if source.scheme not in ("http", "https", "git", "ssh", "file") or not name:
        raise CourseError(
            f"The repository should be an address for git, such as https://github.com/OWNER/NAME or "
            f"file:///srv/course, but is {repository[:80]!r}."
        )
    if page.startswith("/") or ".." in page.split("/"):
        raise CourseError(f"The page should be a path in the repository, such as {FIRST_PAGE}, but is {page[:80]!r}.")
    asked = {"repo": repository, "branch": branch, "targetPath": name, "urlpath": f"lab/tree/{name}/{page}"}
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(asked)}"


def _parts(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:  # brackets that do not close
        return urlsplit("")


def main(arguments: list[str]) -> int:
    """Print the link. 0 when all went well, 1 after a sentence on what is wrong."""
    from ..authoring.sources import read_course

    known = read_course().repository
    parser = argparse.ArgumentParser(prog="hub_link", description="The link that opens the course on a JupyterHub.")
    parser.add_argument("hub", help="its address, such as https://hub.example.org")
    parser.add_argument(
        "--repository",
        default=f"https://github.com/{known}" if known else "file:///srv/course",
        help="where git finds the course, as the hub's machine sees it (default: %(default)s)",
    )
    parser.add_argument("--branch", default="main", help="default: main")
    parser.add_argument("--page", default=FIRST_PAGE, help="which page opens (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        print(hub_link(options.hub, options.repository, branch=options.branch, page=options.page))
    except CourseError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
