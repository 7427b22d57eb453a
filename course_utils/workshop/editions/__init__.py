"""Editions: the built notebooks as web pages, as slides, with solutions, and as a copy for learners."""
