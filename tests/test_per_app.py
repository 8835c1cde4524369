"""One object of a kind for each application."""

import pytest
from flask import Flask

from idp.per_app import PerApp

NUMBER: PerApp[int] = PerApp("number")
TEXT: PerApp[str] = PerApp("text")


def test_two_applications_do_not_see_each_others() -> None:
    one, other = Flask("one"), Flask("other")
    NUMBER.set(one, 1)
    NUMBER.set(other, 2)
    TEXT.set(one, "x")
    with one.app_context():
        assert (NUMBER.get(), TEXT.get()) == (1, "x")
    with other.app_context():
        assert NUMBER.get() == 2
        with pytest.raises(KeyError):
            TEXT.get()
    assert NUMBER.of(one) == 1


def test_wiring_twice_is_a_mistake() -> None:
    app = Flask("app")
    NUMBER.set(app, 1)
    with pytest.raises(RuntimeError, match="already wired"):
        NUMBER.set(app, 2)
