"""JupyterHub for a class: what every hub of the course needs, and a trial on one machine. README.md is beside it.

It serves as a whole (`jupyterhub -f hub/jupyterhub_config.py`), or as one file among those of a hub that you have, such
as The Littlest JupyterHub's `jupyterhub_config.d`. It says nothing of who may log in, of addresses and of certificates.
"""

import os
from urllib.parse import urlencode

c = get_config()  # noqa: F821 (JupyterHub gives it to this file)

# --- yours to change --------------------------------------------------------------------------------------

COURSE = os.environ.get("HUB_COURSE", "/srv/course")  # a copy of the course; `course.py doctor` made the .venv in it
CACHE = os.environ.get("HUB_CACHE", "/srv/course-models")  # the weights, once for all: learners may only read here
REPOSITORY = os.environ.get(
    "HUB_REPOSITORY", f"file://{COURSE}"
)  # where each learner's copy comes from: any git address
BRANCH = os.environ.get("HUB_BRANCH", "main")
FIRST_PAGE = "notebooks/00_start_here.ipynb"
MEMORY = "2G"  # for one learner; a page needs up to 1.5 GB, and a second open page as much again
THREADS = "1"  # for one learner's models; each would take all cores otherwise

# --- what every hub of the course needs -------------------------------------------------------------------

# The learners' servers run in the environment that course.py made; jupyterhub and nbgitpuller are added to it.
c.Spawner.cmd = [f"{COURSE}/.venv/bin/jupyterhub-singleuser"]
# No question about news, which are fetched from elsewhere.
c.Spawner.args = ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
c.Spawner.environment.update(
    {
        "COURSE_MODELS": "offline",  # thirty learners should not download the same file thirty times
        "COURSE_CACHE": CACHE,
        "OMP_NUM_THREADS": THREADS,
    }
)
# Where a learner lands: nbgitpuller copies the course into the home folder, at the next login it adds what is new
# and keeps what the learner wrote; then the first page opens.
NAME = REPOSITORY.rstrip("/").rpartition("/")[2].removesuffix(".git")
PULL = {"repo": REPOSITORY, "branch": BRANCH, "targetPath": NAME, "urlpath": f"lab/tree/{NAME}/{FIRST_PAGE}"}
c.Spawner.default_url = f"/git-pull?{urlencode(PULL)}"
# Kept by the spawners of systemd, Docker and Kubernetes; the simple ones below and LocalProcessSpawner do not.
c.Spawner.mem_limit = MEMORY
# A whole class starts in the same minute: wait longer than usual before a server counts as failed.
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 120

# --- a trial: everybody gets in with one password, as the user that started the hub, on this machine only -----

if password := os.environ.get("HUB_TRIAL_PASSWORD"):
    c.JupyterHub.authenticator_class = "dummy"
    c.DummyAuthenticator.password = password
    c.Authenticator.allow_all = True
    c.JupyterHub.spawner_class = "simple"
    c.JupyterHub.bind_url = os.environ.get("HUB_TRIAL_URL", "http://127.0.0.1:8000")
