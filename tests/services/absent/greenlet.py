"""Hides a package that only the tests' tools have: a program is measured as it runs without it."""

raise ImportError("not there outside the tests")
