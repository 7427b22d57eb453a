"""What builds and checks notebooks: `python -m course_utils.build`. For authors and CI; learners never need it.

`sources` turns a text of `notebooks/source` into a notebook, `notebooks` runs it, `rules` says what must not be
committed.
"""
