"""Objects of which each application has exactly one (settings, key ring, caches), reached by type, not by string.

app.py sets them once; everything else only reads. They live on the Flask application, so that a test
can hold two providers in one process and neither sees the other's.
"""

from typing import Generic, TypeVar, cast

from flask import Flask, current_app

T = TypeVar("T")


class PerApp(Generic[T]):
    """A named slot on the application. ``get()`` needs an application context."""

    def __init__(self, name: str) -> None:
        self._key = f"tongxing.{name}"

    def set(self, app: Flask, value: T) -> None:
        """Put *value* into the slot of *app*; a second call is a wiring mistake and raises RuntimeError."""
        if self._key in app.extensions:
            msg = f"{self._key} is already wired"
            raise RuntimeError(msg)
        app.extensions[self._key] = value

    def get(self) -> T:
        """Return the current application's value; KeyError when app.py did not wire it."""
        return cast("T", current_app.extensions[self._key])

    def of(self, app: Flask) -> T:
        """Return the value of *app*, for code that runs outside an application context."""
        return cast("T", app.extensions[self._key])
