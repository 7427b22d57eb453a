"""Names that a package offers and imports on first use, so that importing the package is instant."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_names(package: str, homes: Mapping[str, str]) -> tuple[Callable, Callable]:
    """`__getattr__` and `__dir__` of a package (PEP 562); `homes` says in which of its modules each name is."""

    def get(name: str):
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f".{homes[name]}", package), name)
        setattr(sys.modules[package], name, value)  # asked for once only
        return value

    return get, lambda: sorted(sys.modules[package].__all__)
