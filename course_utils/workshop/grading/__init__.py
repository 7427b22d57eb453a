"""Grading: each answer runs in a process of its own, a second process judges it, and a batch makes the reports."""
