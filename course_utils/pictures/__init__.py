"""Pictures with a text for those who cannot see them: `show`, `Figure`, `Table`, and texts that fit into a label."""

from .figures import Figure, Table, label, readable, show

__all__ = ["Figure", "Table", "label", "readable", "show"]
