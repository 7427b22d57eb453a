"""Fixtures that several tests share. What also concerns the notebooks is in the conftest.py above."""

import os
import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module

import lab
import pytest

from course_utils.authoring import sources
from course_utils.authoring.notebooks import Execution

# Once the course has a public address, its badges are pictures from elsewhere; without a network they read
# as their alt text. They are the only thing a notebook may ask for.
BADGES = re.findall(r"!\[[^]]*\]\((\S+?)\)", sources.BADGES) if sources.read_course().repository else []


@dataclass(frozen=True)
class Solved:
    """One notebook with every exercise solved, executed with strict checks, and what that cost."""

    notebook: object
    execution: Execution


def pytest_report_header(config):
    return lab.browser_line()


@pytest.fixture(scope="session")
def solve(tmp_path_factory):
    """solve("02_pipelines") -> Solved. Each notebook is executed once a session, whoever asks first."""
    import nbformat

    folder = tmp_path_factory.mktemp("solutions")
    settings = {"records": sources.load_records(), "course": sources.read_course(), "solutions": True}

    @cache
    def attempt(name: str):
        target = folder / f"{name}.ipynb"
        try:
            execution = sources.build(sources.select([name])[0], target, **settings)
        except Exception as problem:  # kept, so that a broken notebook is not executed twice
            return problem
        return Solved(nbformat.read(target, as_version=4), execution)

    def solved(name: str) -> Solved:
        result = attempt(name)
        if isinstance(result, Exception):
            raise result
        return result

    return solved


@pytest.fixture(scope="session")
def repositories(request, tmp_path_factory):
    """Where the faithful Hub's repositories lie: built once a run, also where two processes divide it."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if hasattr(request.config, "workerinput") else own) / "repositories"


@pytest.fixture(scope="module")
def recipe(request):
    """The recipe that a test module names in RECIPE."""
    return import_module(request.module.RECIPE)


@pytest.fixture(scope="module")
def browser():
    """A real browser. It ends with each module, as no other test can run an event loop beside Playwright's."""
    with lab.chromium() as found:
        if found is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(lab.browser_line())
        yield found


@pytest.fixture
def open_html(browser):
    """open_html(fragment, style, width) -> a page with this HTML; nothing is asked for, nothing runs, no error."""
    opened = []

    def open_it(fragment: str, style: str, width: int):
        context = browser.new_context(viewport={"width": width, "height": 1000})
        page, problems = context.new_page(), []
        opened.append((context, problems))
        page.on("dialog", lambda dialog: (problems.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: problems.append(request.url) if request.url[:5] != "data:" else None)
        style = f"{style}; font: 14px sans-serif"
        page.set_content(
            f"<!doctype html><html lang=en><meta charset=utf-8><title>t</title><body style='{style}'><main>{fragment}"
        )
        page.get_by_role("status").first.wait_for()
        return page

    yield open_it
    for context, problems in opened:
        context.close()
        assert problems == []


@pytest.fixture(scope="module")
def one_thread():
    """For models of a few numbers several threads only wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def page(browser, server):
    """A fresh page on the `server` of a test module; nothing may be asked for elsewhere, and no token may run."""
    opened, dialogs = lab.NotebookPage.new(browser, server), []
    opened.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    yield opened
    opened.close()
    assert [url for url in opened.elsewhere if url not in BADGES] == [] and dialogs == []
