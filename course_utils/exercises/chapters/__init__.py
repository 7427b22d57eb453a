"""The exercises, a folder a notebook: 6.3 is `ch06/e3_….py`. `exercises.shelf` finds them by these names."""
