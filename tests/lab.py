"""A real JupyterLab and a real browser for the tests: started, driven and stopped here.

Nothing of the user's is touched: settings, runtime files, progress and the notebooks themselves are copies
in a temporary folder. The browser reaches this machine only; what it wanted elsewhere is noted down.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from course_utils.authoring.notebooks import kernel_environment

CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
LOOPBACK = {"127.0.0.1", "localhost", "::1", ""}
SETTINGS = {
    # All cells are in the page, not only those in view.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # What is typed arrives as typed.
    "codemirror-extension/plugin": {"defaultConfig": {"autoClosingBrackets": False}},
}
RUN_SECONDS = 150
DONE = re.compile(r"\[\d+\]:")  # what stands beside a cell that has run


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    address: str
    token: str
    root: Path
    settings: Path

    def url(self, notebook: str) -> str:
        return f"{self.address}/lab/tree/{notebook}?reset&token={self.token}"

    def ask(self, path: str, method: str = "GET"):
        """The server's answer to a request of its REST interface."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.address}/api/{path}", method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def choose(self, plugin: str, value: dict) -> None:
        """Write a user setting; it holds from the next page load on."""
        path = self.settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), "utf-8")


@contextmanager
def jupyterlab(notebooks: Path, scratch: Path):
    """JupyterLab on a copy of a folder of notebooks, until the block ends."""
    root = shutil.copytree(notebooks, scratch / "notebooks", ignore=shutil.ignore_patterns(".*"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    lab = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16), root, scratch / "settings")
    for plugin, value in SETTINGS.items():
        lab.choose(plugin, value)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": root,
        "IdentityProvider.token": lab.token,
        "LabApp.user_settings_dir": lab.settings,
        "LabApp.workspaces_dir": scratch / "workspaces",
        "LabApp.news_url": "None",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser"]
    command += [f"--{name}={value}" for name, value in options.items()]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    environment = kernel_environment(scratch)
    for kind in ("CONFIG", "DATA", "RUNTIME"):
        environment[f"JUPYTER_{kind}_DIR"] = str(scratch / f"jupyter-{kind.lower()}")
    log = scratch / "jupyterlab.log"
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait_until_it_answers(lab, server, log)
        yield lab
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_it_answers(lab: Lab, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            return lab.ask("status")
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"JupyterLab does not answer. Its log ends:\n{log.read_text()[-2000:]}")


def system_chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def browser_line() -> str:
    """For the beginning of a test run: the browser there is, or the line that installs one."""
    from playwright.sync_api import sync_playwright

    if system := system_chromium():
        return f"browser: {system}"
    with sync_playwright() as playwright:
        if Path(playwright.chromium.executable_path).exists():
            return "browser: Playwright's own Chromium"
    install = f"{sys.executable} -m playwright install chromium"
    if shutil.which("apt-get"):
        install = f"sudo apt-get install chromium   (or: {install})"
    return f"browser: NONE, so every test marked `browser` will be skipped. To run them too: {install}"


@contextmanager
def chromium():
    """A browser; None where there is none. The system's Chromium comes first, then Playwright's own."""
    from playwright.sync_api import Error, sync_playwright

    system = system_chromium()
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=system, args=[*CHROMIUM])
        except Error:
            if system:  # there is one and it does not start: that is a failure, not a reason to skip
                raise
            browser = None
        yield browser
        if browser:
            browser.close()


@dataclass
class NotebookPage:
    """One notebook open in the browser."""

    page: object
    lab: Lab
    elsewhere: list[str] = field(default_factory=list)  # requests that would have left this machine
    announced: set[int] = field(default_factory=set)  # code cells that are tagged raises-exception

    @classmethod
    def new(cls, browser, lab: Lab) -> "NotebookPage":
        context = browser.new_context(viewport={"width": 1200, "height": 1400})
        opened = cls(context.new_page(), lab)

        def local_only(route):
            if (urlsplit(route.request.url).hostname or "") in LOOPBACK:
                route.continue_()
            else:
                opened.elsewhere.append(route.request.url)
                route.abort()

        context.route("**/*", local_only)
        return opened

    def close(self) -> None:
        """Leave the page and end its kernel, so that the next test starts with a fresh one."""
        self.page.context.close()
        for session in self.lab.ask("sessions"):
            self.lab.ask(f"sessions/{session['id']}", "DELETE")

    def wait(self, ready, what: str, seconds: float = 60) -> None:
        """Wait until `ready()` is true."""
        deadline = time.monotonic() + seconds
        while not self._answers(ready):
            if time.monotonic() > deadline:
                raise TimeoutError(f"after {seconds} s {what}; the cells read {self.prompts()}")
            self.page.wait_for_timeout(200)

    @staticmethod
    def _answers(ready) -> bool:
        """`ready()`; not yet, where the frame it looks into was replaced by the next picture meanwhile."""
        from playwright.sync_api import Error

        try:
            return ready()
        except Error as error:
            if "detached" not in error.message:
                raise
            return False

    def open(self, notebook: str) -> None:
        """Open a notebook and wait until all its cells are there and its kernel is ready."""
        cells = json.loads((self.lab.root / notebook).read_text("utf-8"))["cells"]
        tags = [c["metadata"].get("tags", ()) for c in cells if c["cell_type"] == "code"]
        self.announced = {n for n, names in enumerate(tags) if "raises-exception" in names}
        self.page.goto(self.lab.url(notebook))
        self.wait(lambda: len(self.prompts()) == len(tags), f"{notebook} lacks some of its {len(tags)} code cells")
        # The page says "idle" before it has a kernel at all; the server knows better.
        self.wait(self._kernel_is_ready, "no kernel is ready")

    def _kernel_is_ready(self) -> bool:
        kernels = [session["kernel"] for session in self.lab.ask("sessions")]
        connected = any(k["connections"] and k["execution_state"] == "idle" for k in kernels)
        idle = self.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
        return connected and idle.count() > 0

    @property
    def cells(self):
        return self.page.locator(".jp-NotebookPanel:visible .jp-CodeCell")

    def menu(self, *names: str) -> None:
        """Choose an entry of the menu bar, as a person does: menu("Run", "Run All Cells")."""
        first, *others = (re.compile(rf"^{re.escape(name)}$") for name in names)
        self.page.locator(".lm-MenuBar-itemLabel", has_text=first).click()
        for name in others:
            self.page.locator(".lm-Menu-itemLabel:visible", has_text=name).first.click()

    def prompts(self) -> list[str]:
        """What stands beside each code cell: "[3]:", "[*]:" while it runs, "[ ]:" before."""
        return [text.strip() for text in self.cells.locator(".jp-InputPrompt").all_inner_texts()]

    def run_all(self) -> float:
        """Clear all outputs, run all cells, wait until every one has run; the seconds it took."""
        self.menu("Edit", "Clear Outputs of All Cells")
        started = time.monotonic()
        self.menu("Run", "Run All Cells")
        self.wait(lambda: all(map(DONE.fullmatch, self.prompts())), "not all cells have run", RUN_SECONDS)
        return time.monotonic() - started

    def errors(self) -> list[str]:
        """The error and stderr outputs on the page, but for the errors that a cell's tag announces."""
        kinds = ("error", "stderr")
        query = ", ".join(f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in kinds)
        found = [cell.locator(query).all_inner_texts() for cell in self.cells.all()]
        return [text for n, texts in enumerate(found) for text in texts if n not in self.announced]

    def outputs(self) -> int:
        """How many outputs are visible on the page."""
        return self.cells.locator(".jp-OutputArea-output").count()

    def exercise(self, exercise_id: str):
        """The code cell that holds the check of an exercise."""
        return self.cells.filter(has_text=f'check("{exercise_id}"')

    def run(self, cell, code: str) -> None:
        """Replace a cell's code and run it with Shift+Enter."""
        editor, prompt = cell.locator(".cm-content"), cell.locator(".jp-InputPrompt")
        editor.click()
        self.menu("Edit", "Clear Cell Output")  # its number goes too: one that comes back is a new one
        editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Shift+Enter")
        self.wait(lambda: DONE.fullmatch(prompt.inner_text().strip()), "the cell has not run")

    def answer(self, exercise_id: str, code: str) -> str:
        """Run an exercise cell with this code, and read what its status says."""
        cell = self.exercise(exercise_id)
        self.run(cell, code)
        status = cell.get_by_role("status")
        status.wait_for(timeout=10_000)
        return status.inner_text()

    def picture(self, path: Path, *, at=None) -> None:
        """A screenshot, scrolled so that the cell `at` is seen."""
        if at is not None:
            at.scroll_into_view_if_needed()
        path.parent.mkdir(exist_ok=True)
        self.page.screenshot(path=path)
