"""Every task that needs no Hub, used one after another in one process, fits into the memory of a small machine."""

import all_tasks
import pytest

from course_utils import tasks

pytestmark = pytest.mark.models

GIGABYTES = 2.0


def test_all_tasks_one_after_another_stay_within_their_memory(record_property):
    found = all_tasks.in_a_process("release")
    record_property("budget", f"{found['tasks']} tasks one after another: {found['peak']:.2f} GB of {GIGABYTES}")
    assert found["tasks"] == sum(1 for task in tasks().values() if task.offline)
    assert 0 < found["peak"] <= GIGABYTES
