"""Real servers for tests: PostgreSQL, Redis, Chromium; private to the run, on ports of the system's choice.

A program that is not installed is a failure that names its Debian package, never a skip.
"""
