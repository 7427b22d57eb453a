"""The one exception of `course_utils`: a sentence for the learner, never a stack trace of ours."""


class CourseError(Exception):
    """What was expected, what came, and what to try, in one sentence.

    In a notebook only that sentence is shown: IPython asks an exception for `_render_traceback_`
    before it prints the frames.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"CourseError: {self}"]
