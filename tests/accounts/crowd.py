"""Many who do the same thing at the same moment."""

import threading
from collections.abc import Callable
from typing import TypeVar

from flask import Flask

from idp.db import commit, db

T = TypeVar("T")

AT_ONCE = 20


def at_once(app: Flask, act: Callable[[int], T], count: int = AT_ONCE) -> list[T | Exception]:
    """Run *act* in threads that start together, each in its own transaction; give results or errors."""
    start = threading.Barrier(count)
    results: list[T | Exception] = [RuntimeError("never ran")] * count

    def run(number: int) -> None:
        with app.app_context():
            start.wait(timeout=30)
            try:
                results[number] = act(number)
                commit()
            except Exception as error:  # noqa: BLE001 - the test looks at whatever happened
                db.session.rollback()
                results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results
