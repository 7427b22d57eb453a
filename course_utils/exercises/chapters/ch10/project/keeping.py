"""For notebook 10b, after exercise 10.42: `head_of`, the head that is saved."""

from course_utils.describing import attempt, is_a, say
from course_utils.exercises.going_on import solved
from course_utils.exercises.shelf import find


def head_of(chances):
    """The linear head that `chances` of exercise 10.38 uses, called `own_head` there; ours where there is none."""
    from torch.nn import Linear

    head = attempt(lambda: chances.__globals__["own_head"])
    if is_a(head, Linear) and head.bias is not None:
        return head
    say("There is no `own_head`, a linear layer, beside your `chances`: the desk is kept with our head.")
    return solved(find("10.38")).__globals__["own_head"]
