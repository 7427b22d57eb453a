"""For instructors: prepare, teach, follow and grade a room. Nothing else imports it; `course.py` calls its commands.

Each module has a `main(arguments) -> int` if it is a command; `INSTRUCTOR.md` says when to use which.
"""
