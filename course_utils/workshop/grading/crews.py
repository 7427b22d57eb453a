"""Who judges the submissions: processes of this machine (`Here`), or the workers of a Dask cluster (`Cluster`).

A crew has slots, each of which does one task at a time and keeps one warm `Ground`: `Here` has a process for each slot,
`Cluster` a thread of a Dask worker. `batch` hands out the tasks.
"""

import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from typing import Protocol

from ...errors import CourseError
from .isolation import Limits, sweep
from .submissions import Submission

_PREFIX = "course-grade-"  # of a run's folder for what is temporary; then comes the number of its process


class PageFailed(CourseError):
    """The instructor's own page does not run here, so nothing handed in for it can be judged."""


# --- in the worker ----------------------------------------------------------------------------------------

_grounds: dict[int, object] = {}  # by thread, as a Dask worker may have several


def judge(submission: Submission, limits: Limits) -> tuple[str, tuple[str, ...]]:
    """(the verdict as `Graded.to_json` writes it, which limits this machine puts in force); runs in a worker.

    Raises:
        PageFailed: the page of this notebook cannot be made here.
    """
    from .ground import Ground

    me = threading.get_ident()
    if me in _grounds and _grounds[me].notebook != submission.notebook:
        _leave(me)
    if me not in _grounds:
        try:
            _grounds[me] = Ground(submission.notebook, limits).__enter__()
        except CourseError as error:
            raise PageFailed(f"{submission.notebook} does not run on this machine: {error}") from None
    try:
        graded = _grounds[me].judge(submission)
        return graded.to_json(), tuple(map(str, _grounds[me].in_force))
    except BaseException:  # whatever it is: the next one gets a fresh page
        _leave(me)
        raise


def _leave(thread: int) -> None:
    ground = _grounds.pop(thread, None)
    if ground is not None:
        with suppress(Exception):
            ground.__exit__(None, None, None)


def leave_all() -> None:
    """End the warm pages of this worker."""
    for thread in list(_grounds):
        _leave(thread)


def _begin_worker(folder: str) -> None:
    """Ctrl-C is for the parent, who ends its workers; and when the parent is gone, a worker goes, too.

    What a worker leaves in `folder` the parent removes, however the worker ended.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = folder

    def watch() -> None:
        multiprocessing.parent_process().join()
        _kill_tree(os.getpid())

    threading.Thread(target=watch, daemon=True).start()


def _kill_tree(pid: int) -> None:
    """Kill a process and all below it, the process itself last."""
    import psutil

    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (*process.children(recursive=True), process):
            with suppress(psutil.Error):
                one.kill()


# --- crews ------------------------------------------------------------------------------------------------


class Crew(Protocol):
    """Whoever does the tasks. `slots` may change at any time: workers come and go."""

    def slots(self) -> list[Hashable]: ...

    def submit(self, slot: Hashable, function: Callable, *arguments) -> Future: ...

    def end(self, slot: Hashable, future: Future) -> None:
        """Give up what a slot is at; the slot itself is there again afterwards, if it can be."""

    def close(self) -> None: ...


class Here:
    """Processes of this machine, one for each slot: a pool of one, because a pool ends with any of its processes."""

    def __init__(self, workers: int):
        sweep(_PREFIX)
        self._folder = tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", ignore_cleanup_errors=True)
        os.chmod(self._folder.name, 0o711)  # accounts without rights, which run the answers, go through it
        self._slots = list(range(workers))
        self._pools: dict[int, tuple[ProcessPoolExecutor, int]] = {}

    def slots(self) -> list[Hashable]:
        return self._slots

    def submit(self, slot: Hashable, function: Callable, *arguments) -> Future:
        if slot not in self._pools:
            method = multiprocessing.get_context("spawn")  # a fork would carry our threads and locks along
            pool = ProcessPoolExecutor(1, mp_context=method, initializer=_begin_worker, initargs=(self._folder.name,))
            self._pools[slot] = pool, pool.submit(os.getpid).result()
        return self._pools[slot][0].submit(function, *arguments)

    def end(self, slot: Hashable, future: Future) -> None:
        pool, pid = self._pools.pop(slot, (None, 0))
        if pool:
            _kill_tree(pid)
            pool.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        for slot in list(self._pools):
            self.end(slot, None)
        self._folder.cleanup()


class Cluster:
    """The workers of a Dask cluster, one slot for each of their threads.

    Raises:
        CourseError: nobody answers at the address, there is no worker, or a worker has another edition.
    """

    def __init__(self, address: str, edition: Callable[[], str], seconds: float = 30):
        try:
            from distributed import Client
        except ImportError as error:
            raise CourseError(f"Dask is not installed ({error}): `pip install distributed`.") from None
        try:
            self._client = Client(address, timeout=seconds, set_as_default=False)
            self._client.wait_for_workers(1, timeout=seconds)
        except (OSError, ValueError, TimeoutError) as error:
            raise CourseError(
                f"Expected a Dask scheduler with workers at {address}, such as tcp://192.168.0.2:8786; after "
                f"{seconds:g} seconds: {type(error).__name__}. Start `dask scheduler` there, and on each machine "
                "`dask worker ADDRESS --nthreads 1`."
            ) from None
        self._check_editions(edition)

    def _check_editions(self, edition: Callable[[], str]) -> None:
        try:
            theirs = self._client.run(edition)
        except Exception as error:
            self._client.close()
            raise CourseError(
                f"The Dask workers cannot use the course ({type(error).__name__}: {error}): start each with the "
                "Python of the course's .venv, in the course's folder."
            ) from None
        if others := {worker for worker, given in theirs.items() if given != edition()}:
            self._client.close()
            raise CourseError(
                f"The same edition of the course is needed everywhere; another one is at {', '.join(sorted(others))}."
            )

    def slots(self) -> list[Hashable]:
        threads = self._client.nthreads()
        return [(worker, number) for worker in sorted(threads) for number in range(threads[worker])]

    def submit(self, slot: Hashable, function: Callable, *arguments) -> Future:
        # Another worker may take it, or it would wait for ever for one that has gone.
        executor = self._client.get_executor(workers=[slot[0]], allow_other_workers=True, pure=False, retries=0)
        return executor.submit(function, *arguments)

    def end(self, slot: Hashable, future: Future) -> None:
        future.cancel()

    def close(self) -> None:
        with suppress(Exception):  # a cluster that is gone has nothing to put away
            self._client.run(leave_all)
        self._client.close()
