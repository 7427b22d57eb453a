"""The set-up cell where the course is not installed: on Colab, imitated, and in an editor with another kernel.

The imitation is an empty environment that sees the packages of this one except the course, an empty folder, Colab's
kernel and shell in miniature, and a real pip whose git takes github.com from this machine. No network is used.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from dataclasses import dataclass
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course_utils.authoring import sources
from course_utils.authoring.notebooks import kernel_environment
from course_utils.build import main

ROOT = Path(__file__).parents[1]
SENTENCE = (
    "UsageError: No module named 'course_utils'. "
    'Choose the kernel .venv, made by course.py (Colab: repo = "OWNER/NAME").\n'
)
# What Colab brings (design of August 2026); what else the package needs, the set-up cell must add.
COLAB_HAS = {
    *("transformers", "torch", "numpy", "huggingface-hub", "safetensors", "peft", "accelerate", "filelock"),
    *("platformdirs", "psutil", "tqdm", "matplotlib", "pillow", "soundfile", "ipython", "ipywidgets", "sentencepiece"),
}
# As in googlecolab/colabtools: the shell's module is how the cell knows Colab, %pip calls pip without IPython's note
# about restarting, and an ImportError gets its traceback and a note, whatever it brings itself.
SHELL = """
import sys
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets import Type

class Shell(ZMQInteractiveShell):
    def init_magics(self):
        super().init_magics()
        self.register_magic_function(lambda line: self.system(f'"{sys.executable}" -m pip {line}'), magic_name="pip")
        self.set_custom_exc((ImportError,), self.import_error)

    def import_error(self, shell, kind, error, frames, tb_offset=None):
        self.showtraceback((kind, Exception("NOTE: If your import is failing"), frames))

class Kernel(IPythonKernel):
    shell_class = Type(Shell)
"""


@dataclass(frozen=True)
class Said:
    """What a cell showed, and how its run ended: ok, error or aborted."""

    status: str
    stdout: str
    stderr: str
    traceback: str


@dataclass(frozen=True)
class Place:
    """A machine without the course: its Python, the site-packages of that, and an empty folder to start in."""

    python: Path
    packages: Path
    folder: Path
    colab: bool
    environment: dict

    def run(self, *cells: str) -> list[Said]:
        """What each cell said, all sent at once, as by "Run all"."""
        from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
        from jupyter_client.manager import KernelManager

        command = [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=ERROR"]
        command += ["--IPKernelApp.kernel_class=google.colab._shell.Kernel"] * self.colab

        class Only(KernelSpecManager):
            def get_kernel_spec(self, kernel_name):
                return KernelSpec(argv=command, display_name="other", language="python")

        manager = KernelManager(kernel_spec_manager=Only())
        manager.start_kernel(cwd=str(self.folder), env=self.environment, stderr=subprocess.DEVNULL)
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            return [self._said(client, sent) for sent in [client.execute(cell) for cell in cells]]
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)

    def _said(self, client, sent) -> Said:
        shown = {"stdout": "", "stderr": "", "traceback": ""}
        while True:
            message = client.get_iopub_msg(timeout=60)
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != sent:
                continue
            if kind == "stream":
                shown[content["name"]] += content["text"]
            elif kind == "error":
                shown["traceback"] += "\n".join(content["traceback"])
            elif kind == "status" and content["execution_state"] == "idle":
                break
        while (reply := client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != sent:
            pass
        return Said(reply["content"]["status"], **shown)


def setup_cell(address: str) -> str:
    return sources.setup_code(sources.Course(address))


def git(folder: Path, *arguments: str) -> None:
    author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *author, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def github(tmp_path_factory):
    """A folder with what github.com has: ada/course, made of the package as it is in this checkout."""
    folder = tmp_path_factory.mktemp("github")
    copy = folder / "ada" / "course"
    shutil.copytree(ROOT / "course_utils", copy / "course_utils", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT.md"):
        shutil.copy(ROOT / name, copy)
    git(copy, "init", "--quiet", "--initial-branch=main")
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "--message=Everything")
    return folder


@pytest.fixture
def place(tmp_path, github):
    """place(colab=True) -> a fresh Place."""

    def make(*, colab: bool) -> Place:
        home = tmp_path / "env"
        venv.create(home, symlinks=os.name != "nt")
        paths = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)}, scheme="venv")
        packages = Path(paths["purelib"])
        # Only the folders are added: what .pth files in them add, such as an editable course, is not.
        (packages / "this.pth").write_text("{purelib}\n{platlib}\n".format(**sysconfig.get_paths()), "utf-8")
        if colab:
            (packages / "google" / "colab").mkdir(parents=True)
            (packages / "google" / "colab" / "_shell.py").write_text(SHELL, "utf-8")
            pretend(packages, "torchao", "0.10.0")
        folder = tmp_path / "empty"
        folder.mkdir()
        environment = kernel_environment(tmp_path) | {
            **{"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{github.as_uri()}/.insteadOf"},
            **{"GIT_CONFIG_VALUE_0": "https://github.com/", "GIT_TERMINAL_PROMPT": "0"},
            **{"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            **{"PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"},
        }
        del environment["PYTHONPATH"]
        return Place(Path(paths["scripts"]) / Path(sys.executable).name, packages, folder, colab, environment)

    return make


def pretend(packages: Path, name: str, version: str) -> None:
    """An installed package that pip believes in."""
    about = packages / f"{name}-{version}.dist-info"
    about.mkdir()
    (packages / f"{name}.py").touch()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
    files = [f"{name}.py", *(f"{about.name}/{file}" for file in ("METADATA", "RECORD"))]
    (about / "RECORD").write_text("".join(f"{file},,\n" for file in files), "utf-8")


# --- on Colab


@pytest.mark.slow
def test_on_colab_the_cell_installs_the_course_from_github(place):
    colab = place(colab=True)
    code = "import course_utils, sys; print(course_utils.__file__.startswith(sys.prefix)); print(check('0.0').status)"
    first, second = colab.run(setup_cell("ada/course"), code)
    hint = (
        "Optional GPU: Runtime > Change runtime type. Files end with the session: notebook 00 says how to keep them.\n"
    )
    assert first == Said("ok", hint, "", "")
    assert second == Said("ok", "True\nunknown exercise\n", "", "")
    there = {path.name for path in colab.packages.iterdir()}
    assert not any("torchao" in name for name in there), "Colab's is too old for peft"
    ours = {p.relative_to(ROOT) for p in (ROOT / "course_utils").rglob("*.*") if "__pycache__" not in p.parts}
    assert [str(path) for path in ours if path.is_file() and not (colab.packages / path).exists()] == []


@pytest.mark.slow
def test_on_colab_without_an_address_one_sentence_says_what_to_write_and_nothing_more_runs(place):
    first, second = place(colab=True).run(setup_cell(""), "print(check)")
    assert first == Said("error", "", SENTENCE, "")
    assert second == Said("aborted", "", "", ""), "no wall of errors after it"
    written = setup_cell("").replace('repo = ""', 'repo = "ada/course"')
    assert written == setup_cell("ada/course"), "who fills it in has the cell of a course with an address"


@pytest.mark.slow
def test_on_colab_an_address_that_leads_nowhere_ends_in_the_same_sentence(place):
    colab = place(colab=True)
    (said,) = colab.run(setup_cell("nobody/nothing"))
    assert said.status == "error" and said.stderr.endswith(SENTENCE) and said.traceback == ""
    assert "nobody/nothing" in said.stdout + said.stderr, "pip says what it could not find"


# --- elsewhere


@pytest.mark.slow
@pytest.mark.parametrize("address", ["", "ada/course"])
def test_in_another_kernel_the_sentence_names_the_right_one_and_nothing_is_installed(place, address):
    editor = place(colab=False)
    before = sorted(editor.packages.iterdir())
    first, second = editor.run(setup_cell(address), "print(check)")
    assert first == Said("error", "", SENTENCE, "") and second.status == "aborted"
    assert sorted(editor.packages.iterdir()) == before


# --- what the cell is built from


def test_a_git_remote_gives_the_cell_of_an_address(tmp_path):
    (tmp_path / "notebooks" / "source").mkdir(parents=True)
    source = tmp_path / "notebooks" / "source" / "07_seven.md"
    source.write_text("# Seven\n\n{badges}\n\n```python setup\n```\n", "utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", "git@github.com:ada/course.git")
    folders = {"notebooks": tmp_path / "notebooks", "root": tmp_path, "records": {}}
    assert main(["--check", "--repository", "auto"], **folders) == 1, "the notebook is missing"
    notebook = sources.expand(source, records={}, course=sources.read_course(tmp_path / "pyproject.toml"))
    assert notebook.cells[1].source == setup_cell("ada/course")


def test_the_cell_adds_what_colab_lacks_and_nothing_else():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    extras = {canonicalize_name(name) for name in sources.COLAB_EXTRAS.split()}
    assert needed - COLAB_HAS == needed & extras, "add it to COLAB_EXTRAS, or here if Colab has it"
    behind = {canonicalize_name(Requirement(line).name) for name in needed & extras for line in requires(name) or ()}
    assert extras <= needed | behind
