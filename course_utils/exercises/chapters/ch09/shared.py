"""What several exercises of notebook 09, bias and limits share."""

from course_utils.exercises.answers import close

NUMPY = "import numpy as np\n"


def slip_of(results: list, slips, tol: float = 1e-6) -> str | None:
    """The sentence of the first slip `(its results, sentence)` that gives all of these results.

    One result alone proves nothing: several slips, or chance, may lead to it.
    """
    return next((says for guesses, says in slips if close(results, guesses, tol)), None)
