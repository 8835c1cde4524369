"""The family of errors."""

import inspect

from idp import errors
from idp.errors import IdpError, TooMany


def kinds() -> list[type[IdpError]]:
    found = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, IdpError)]
    return [one for one in found if one is not IdpError]


def test_each_kind_has_its_own_status_and_stands_in_the_drawing() -> None:
    statuses = [one.status for one in kinds()]
    assert len(statuses) == len(set(statuses)) == 10
    assert all(400 <= status < 600 for status in statuses)
    drawing = errors.__doc__ or ""
    for one in kinds():
        line = next(line for line in drawing.splitlines() if f"─ {one.__name__} " in line)
        assert str(one.status) in line


def test_an_error_carries_what_doors_need() -> None:
    error = TooMany("too_many_requests", "Try later", detail="login", retry_after=60, field="password")
    assert (error.code, error.message, error.detail) == ("too_many_requests", "Try later", "login")
    assert (error.retry_after, error.field) == (60, "password")
    assert str(error) == "too_many_requests: login"
