"""The recipe for a JupyterHub: its settings can be read, say what its page says, and the link opens the course.

With a real hub and three learners, `benchmarks/hub.py` runs them.
"""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from traitlets.config import Config

from course_utils import CourseError
from course_utils.workshop import hub_link

HUB = Path(__file__).parents[1] / "hub"
RECIPE = (HUB / "README.md").read_text("utf-8")
LINK = "https://hub.example.org/hub/user-redirect/git-pull"


@pytest.fixture
def settings(monkeypatch):
    """settings(HUB_NAME=…) -> the configuration that JupyterHub would read."""

    def read(**environment: str) -> Config:
        for name in ("HUB_COURSE", "HUB_CACHE", "HUB_REPOSITORY", "HUB_BRANCH", "HUB_TRIAL_PASSWORD", "HUB_TRIAL_URL"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        c, file = Config(), HUB / "jupyterhub_config.py"
        exec(compile(file.read_text("utf-8"), str(file), "exec"), {"get_config": lambda: c})
        return c

    return read


def environment(c: Config) -> dict:
    return c.Spawner.environment.get_value({})


def test_learners_share_packages_and_models_and_download_nothing(settings):
    c = settings()
    assert c.Spawner.cmd == ["/srv/course/.venv/bin/jupyterhub-singleuser"]
    shared = {"COURSE_MODELS": "offline", "COURSE_CACHE": "/srv/course-models", "OMP_NUM_THREADS": "1"}
    assert environment(c) == shared and c.Spawner.mem_limit == "2G"
    assert any("news_url=None" in word for word in c.Spawner.args)
    moved = settings(HUB_COURSE="/opt/c", HUB_CACHE="/opt/m")
    assert moved.Spawner.cmd[0].startswith("/opt/c/") and environment(moved)["COURSE_CACHE"] == "/opt/m"


def test_what_another_hub_has_set_stays():
    """In a folder of settings this file is one of several; the variables that others set are kept."""
    c, file = Config(), HUB / "jupyterhub_config.py"
    c.Spawner.environment = {"THEIRS": "1"}
    exec(compile(file.read_text("utf-8"), str(file), "exec"), {"get_config": lambda: c})
    assert c.Spawner.environment["THEIRS"] == "1" and c.Spawner.environment["COURSE_MODELS"] == "offline"


def test_who_may_log_in_is_decided_elsewhere_except_in_a_trial(settings):
    assert "Authenticator" not in settings() and "JupyterHub" not in settings()
    trial = settings(HUB_TRIAL_PASSWORD="try-it")
    assert trial.JupyterHub.authenticator_class == "dummy" and trial.DummyAuthenticator.password == "try-it"
    assert urlsplit(trial.JupyterHub.bind_url).hostname == "127.0.0.1"


@pytest.mark.parametrize("repository", ["file:///srv/course", "https://github.com/ada/transformers-course.git"])
def test_the_landing_page_and_the_link_pull_the_same(settings, repository):
    landing = settings(HUB_REPOSITORY=repository).Spawner.default_url
    link = hub_link.hub_link("https://hub.example.org/", repository)
    assert link.startswith(f"{LINK}?") and link.partition("?")[2] == landing.partition("?")[2]
    asked = {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}
    name = "transformers-course" if "ada" in repository else "course"
    assert asked["repo"] == repository and asked["branch"] == "main" and asked["targetPath"] == name
    assert asked["urlpath"] == f"lab/tree/{name}/{hub_link.FIRST_PAGE}"
    assert (HUB.parent / hub_link.FIRST_PAGE).is_file()


def test_the_link_of_another_page_and_branch():
    page = "notebooks/a page & more.ipynb"
    link = hub_link.hub_link("https://x.org/jupyter", "https://git.org/a/b", branch="autumn", page=page)
    asked = parse_qs(urlsplit(link).query)
    assert link.startswith("https://x.org/jupyter/hub/user-redirect/git-pull?") and " " not in link
    assert asked["urlpath"] == [f"lab/tree/b/{page}"] and asked["branch"] == ["autumn"]


@pytest.mark.parametrize(
    ("hub", "repository", "page", "says"),
    [
        ("hub.example.org", "https://git.org/a/b", "x", "The hub should be an address"),
        ("https://hub.org/?x=1", "https://git.org/a/b", "x", "The hub should be an address"),
        ("https://[hub.org", "https://git.org/a/b", "x", "The hub should be an address"),
        ("https://hub.org", "a/b", "x", "The repository should be an address"),
        ("https://hub.org", "https://git.org/", "x", "The repository should be an address"),
        ("https://hub.org", "https://git.org/a/b", "../secret", "The page should be a path"),
        ("https://hub.org", "https://git.org/a/b", "/etc/passwd", "The page should be a path"),
    ],
)
def test_an_odd_address_gets_a_sentence(hub, repository, page, says):
    with pytest.raises(CourseError, match=says):
        hub_link.hub_link(hub, repository, page=page)


def test_the_command_prints_the_link_or_a_sentence(capsys):
    assert hub_link.main(["https://hub.example.org", "--repository", "file:///srv/course"]) == 0
    assert capsys.readouterr().out.startswith(f"{LINK}?repo=file")
    assert hub_link.main(["nonsense"]) == 1
    assert capsys.readouterr().err.startswith("The hub should be an address")


def test_the_recipe_and_the_settings_name_the_same(settings):
    c = settings()
    for name in ("/srv/course/.venv", environment(c)["COURSE_CACHE"], "COURSE_MODELS=offline", "HUB_TRIAL_PASSWORD"):
        assert name in RECIPE, name
    read = set(re.findall(r'environ(?:\.get\(|\[)"(HUB_\w+)"', (HUB / "jupyterhub_config.py").read_text("utf-8")))
    assert set(re.findall(r"\bHUB_\w+", RECIPE)) <= read
    assert "2 GB | a page needs at most 1.5 GB" in RECIPE and c.Spawner.mem_limit == "2G"
    for path in re.findall(r"/srv/course/((?:hub|course)[\w./]*)", RECIPE):
        assert (HUB.parent / path).is_file(), path
