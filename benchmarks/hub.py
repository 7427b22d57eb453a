"""Three learners on one JupyterHub who start at the same moment: `python benchmarks/hub.py HUB_PYTHON [LEARNERS]`.

HUB_PYTHON is the Python of an environment with the course, jupyterhub, nbgitpuller and JupyterLab; the program
configurable-http-proxy is on the PATH. The hub is that of `hub/jupyterhub_config.py`, on this machine only. Each
learner logs in, follows the link, starts the first page's kernel, runs its first cells and asks `check("0.4", …)`. As
root, each learner has a user number of their own and a home that is closed to the others. It ends within five minutes.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from threading import Barrier, Thread

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402 (the path comes first)
import psutil  # noqa: E402
import websocket  # noqa: E402
from reporting import conclusion, missed, report, title, verdict  # noqa: E402

from course_utils.exercises.shelf import find  # noqa: E402
from course_utils.models.cache import cache_folder  # noqa: E402
from course_utils.workshop.hub_link import FIRST_PAGE, hub_link  # noqa: E402

PASSWORD, FIRST_USER, PATIENCE = "a trial on one machine", 20001, 240
MODEL_CELLS = 2  # of the first page: set-up, and the first model
SETTINGS = '''
import os
exec(compile(open({config!r}).read(), {config!r}, "exec"))
c.Spawner.cmd = [{single!r}]
c.JupyterHub.hub_port, c.ConfigurableHTTPProxy.api_url = {hub_port}, "http://127.0.0.1:{proxy_port}"
c.JupyterHub.log_level = "WARN"
c.Spawner.environment.update({{"GIT_CONFIG_SYSTEM": {git!r}}})
from jupyterhub.spawner import SimpleLocalProcessSpawner
class EachAlone(SimpleLocalProcessSpawner):
    """A user number and a home for each learner, as a real hub has them."""
    home_dir_template = {homes!r} + "/{{username}}"
    def make_preexec_fn(self, name):
        number, home = {first} + int(name.removeprefix("learner")), self.home_dir
        os.makedirs(home, mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(home, number, number)
        def become():
            if os.geteuid() == 0:
                os.setgroups([]); os.setgid(number); os.setuid(number)
            os.chdir(home)
        return become
c.JupyterHub.spawner_class = EachAlone
'''
TRY_TO_WRITE = """
import os
from pathlib import Path
cache = Path(os.environ["COURSE_CACHE"])
for place in (cache, *cache.glob("minilm-sentiment-*/model.safetensors")):
    try:
        (place / "mine").write_text("x") if place.is_dir() else place.open("r+b").close()
        print("could write", place.name)
    except OSError as error:
        print("refused:", error.strerror)
from course_utils.exercises.progress_store import progress_file
from course_utils.exercises.progress_store import read
print("progress:", progress_file(), "with", *read()[0])
try:
    print("sees others:", [p.name for p in Path.home().parent.iterdir() if p != Path.home() and list(p.iterdir())])
except OSError as error:
    print("others:", error.strerror)
"""


def main(python: str, learners: int = 3) -> None:
    with tempfile.TemporaryDirectory(prefix="hub-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        process, address, repository = start(Path(python), folder)
        try:
            title(f"{learners} learners who start at the same moment ({os.cpu_count()} cores)")
            wait_for(lambda: httpx.get(f"{address}/hub/health", timeout=2).status_code == 200, 60)
            gate, seats = Barrier(learners), [Seat(address, repository, number) for number in range(1, learners + 1)]
            threads = [Thread(target=seat.sit_down, args=(gate,), daemon=True) for seat in seats]
            for thread in threads:
                thread.start()
            end = time.monotonic() + PATIENCE
            for thread in threads:
                thread.join(max(0, end - time.monotonic()))
            tell(seats, memory(process.pid))
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
            if missed:
                print((folder / "hub.log").read_text(errors="replace")[-3000:])
    conclusion()


def start(python: Path, folder: Path) -> tuple[subprocess.Popen, str, str]:
    """The hub with a cache that only its owner may write, and a repository with the pages."""
    cache, repository, homes = folder / "models", folder / "course", folder / "homes"
    homes.mkdir(mode=0o711)
    shutil.copytree(cache_folder(), cache, ignore=lambda place, names: unwanted(names))
    (repository / "notebooks").mkdir(parents=True)
    for page in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(page, repository / "notebooks")
    who = ["-c", "user.name=course", "-c", "user.email=course@localhost"]
    for words in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "."],
        [*who, "commit", "--quiet", "-m", "pages"],
    ):
        subprocess.run(["git", *words], cwd=repository, check=True)
    git = folder / "gitconfig"  # what README.md tells the administrator to set for the whole machine
    git.write_text(f"[safe]\n\tdirectory = {repository}/.git\n")
    ports = [free_port() for _ in range(3)]
    settings = folder / "trial_config.py"
    settings.write_text(
        SETTINGS.format(
            config=str(ROOT / "hub" / "jupyterhub_config.py"),
            git=str(git),
            single=str(python.with_name("jupyterhub-singleuser")),
            hub_port=ports[1],
            proxy_port=ports[2],
            homes=str(homes),
            first=FIRST_USER,
        )
    )
    address = f"http://127.0.0.1:{ports[0]}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "JUPYTER"))}
    environment |= {"HUB_TRIAL_PASSWORD": PASSWORD, "HUB_TRIAL_URL": address, "HUB_CACHE": str(cache)}
    environment |= {"HUB_COURSE": str(repository), "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    with (folder / "hub.log").open("w") as log:
        process = subprocess.Popen(
            [python.with_name("jupyterhub"), "-f", settings],
            cwd=folder,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )
    return process, address, f"file://{repository}"


def unwanted(names: list[str]) -> set[str]:
    """The trial needs one model: the others would only be copied."""
    return {name for name in names if "-" in name and not name.startswith("minilm-sentiment") and "." not in name[-4:]}


class Seat:
    """One learner: a browser's cookies, a server, a kernel; `seconds` since the common start, by name of the step."""

    def __init__(self, address: str, repository: str, number: int):
        self.address, self.repository, self.name = address, repository, f"learner{number}"
        self.seconds: dict[str, float] = {}
        self.said = self.problem = self.place = ""

    def sit_down(self, gate: Barrier) -> None:
        with httpx.Client(follow_redirects=True, timeout=60) as self.browser:
            gate.wait()
            self.begun = time.monotonic()
            try:
                self.log_in()
                self.wait_for_the_server()
                self.fetch()
                self.work()
            except Exception as error:
                self.problem = f"{type(error).__name__}: {error}"

    def done(self, step: str) -> None:
        self.seconds[step] = time.monotonic() - self.begun

    def log_in(self) -> None:
        self.browser.get(f"{self.address}/hub/login").raise_for_status()
        form = {"username": self.name, "password": PASSWORD, "_xsrf": self.cookie("/hub/")}
        self.browser.post(f"{self.address}/hub/login", data=form).raise_for_status()
        # From here on with a token of this learner, so that the websocket needs no cookies.
        mine = f"{self.address}/hub/api/users/{self.name}/tokens"
        answer = self.browser.post(mine, headers={"X-XSRFToken": self.cookie("/hub/")}, json={"note": "trial"})
        answer.raise_for_status()
        self.token = {"Authorization": f"token {answer.json()['token']}"}
        self.done("logged in")

    def cookie(self, path: str) -> str:
        return next(
            cookie.value for cookie in self.browser.cookies.jar if cookie.name == "_xsrf" and cookie.path == path
        )

    def wait_for_the_server(self) -> None:
        """What the page that shows the progress does: ask until the server is there."""
        user = f"{self.address}/hub/api/users/{self.name}"
        # Who logs in is sent on to a new server already; asking again is no error.
        started = self.browser.post(f"{user}/server", headers=self.token)
        if started.status_code not in (201, 202, 400):
            started.raise_for_status()
        wait_for(lambda: self.browser.get(user, headers=self.token).json()["servers"].get("", {}).get("ready"), 180)
        self.server = f"{self.address}/user/{self.name}"
        self.done("server ready")

    def fetch(self) -> None:
        """Follow the link, as its page does: the copy is made while events tell of it."""
        query = hub_link(self.address, self.repository).partition("?")[2]
        url = f"{self.server}/git-pull/api?{query.replace('targetPath', 'targetpath')}"
        with self.browser.stream("GET", url, headers=self.token) as events:
            events.raise_for_status()
            phases = [json.loads(line[5:])["phase"] for line in events.iter_lines() if line.startswith("data:")]
        if phases[-1] != "finished":
            raise RuntimeError(f"nbgitpuller ended with {phases[-1]}")
        page = self.browser.get(
            f"{self.server}/api/contents/course/{FIRST_PAGE}", headers=self.token
        ).raise_for_status()
        self.cells = [cell for cell in page.json()["content"]["cells"] if cell["cell_type"] == "code"]
        self.done("page fetched")

    def work(self) -> None:
        body = {"path": f"course/{FIRST_PAGE}", "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        session = self.browser.post(f"{self.server}/api/sessions", headers=self.token, json=body).raise_for_status()
        url = f"{self.server.replace('http', 'ws', 1)}/api/kernels/{session.json()['kernel']['id']}/channels"
        self.socket = websocket.create_connection(url, header=self.token, timeout=180)
        self.run("1")
        self.done("kernel answers")
        self.run(self.cells[0]["source"])
        self.done("set-up cell done")
        self.run(self.cells[MODEL_CELLS - 1]["source"])
        self.done("first model answers")
        self.said = self.run(f"{find('0.4').solution}\n\ncheck('0.4', megabytes)")
        self.done("check answers")
        self.place = self.run(TRY_TO_WRITE)

    def run(self, code: str) -> str:
        """Run a cell and return what it showed, as text; an error in it raises."""
        ask = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": "execute_request",
            "username": "",
            "session": "1",
            "version": "5.3",
        }
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = {"header": ask, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self.socket.send(json.dumps(message | {"buffers": []}))
        shown = []
        while True:
            got = json.loads(self.socket.recv())
            if got.get("parent_header", {}).get("msg_id") != ask["msg_id"]:
                continue
            kind, content = got["header"]["msg_type"], got["content"]
            if kind == "stream":
                shown.append(content["text"])
            elif kind in ("display_data", "execute_result"):
                shown.append(content["data"].get("text/plain", ""))
            elif kind == "error":
                raise RuntimeError(f"{content['ename']}: {content['evalue']}")
            elif kind == "status" and content["execution_state"] == "idle":
                return "\n".join(shown)


def tell(seats: list[Seat], gigabytes: dict[str, float]) -> None:
    for seat in seats:
        report(seat.name, ", ".join(f"{step} {seconds:.1f} s" for step, seconds in seat.seconds.items()) or "nothing")
        report("", seat.problem or f"check said: {' '.join(seat.said.split())[:70]}")
        for line in seat.place.strip().splitlines():
            report("", line)
    for name, size in gigabytes.items():
        report(f"memory, {name}", f"{size:.2f} GB")
    well = sum("correct" in seat.said.lower() for seat in seats)
    verdict("learners with an answer from check", well, len(seats), "learners", least=True)
    verdict("who could write into the cache", sum("could write" in seat.place for seat in seats), 0, "learners")
    places = {line for seat in seats for line in seat.place.splitlines() if line.startswith("progress:")}
    verdict("progress files", len(places), len(seats), "files", least=True)


def memory(hub: int) -> dict[str, float]:
    """Gigabytes of the hub and of each learner: what would be free without it (USS), so that nothing counts twice."""
    sizes: dict[str, float] = {}
    for process in psutil.Process(hub).children(recursive=True):
        words = " ".join(process.cmdline())
        kind = "kernel" if "ipykernel" in words else "server" if "singleuser" in words else "proxy"
        name = f"{process.environ().get('JUPYTERHUB_USER', 'hub')}: {kind}"
        sizes[name] = sizes.get(name, 0) + process.memory_full_info().uss / 1e9
    return dict(sorted(sizes.items())) | {"hub": psutil.Process(hub).memory_full_info().uss / 1e9}


def wait_for(ready, seconds: float) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            if ready():
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > end:
            raise TimeoutError(f"not ready after {seconds} seconds")
        time.sleep(0.25)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
