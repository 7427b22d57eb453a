"""Judging an answer that lives in another process, which is not trusted: what crosses the wire is data only."""
