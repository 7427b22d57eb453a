"""What builds and checks notebooks; its command is `python -m course_utils.build`. For authors and CI only.

`sources` turns a text of `notebooks/source` into a notebook, `notebooks` runs it, `rules` says what must not be
committed.
"""
