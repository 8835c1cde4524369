"""Believable contexts for pages that are about to end, and for those that tell of more time."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace as Thing

from tests.templates.cast import NOON, Cast
from tests.templates.sample import Sample


def ending(kind: str, *, seconds: int = 95, can_extend: bool = True, level: int = 0) -> Callable[[], Thing]:
    """Return what a page is given that ends in *seconds*."""
    needs = Thing(query="journey=JgP7vYwqQy0x", level=level)
    at = NOON + timedelta(seconds=seconds)
    return lambda: Thing(
        kind=kind,
        seconds=seconds,
        ends_at=at,
        warned=120,
        can_extend=can_extend,
        needs=needs,
        person="4be1",
    )


def time_limits(cast: Cast) -> list[Sample]:
    """Pages with the warning, and the tab that gives more time."""
    form = {"action": "/sign-up/password", "min_length": 8, "rp": cast.province}
    mine = {"person": cast.person, "sessions": [cast.here, cast.elsewhere], "end_others_action": "/x"}
    start = Thing(url="http://localhost:8001/", site_name=cast.province.name)
    return [
        Sample("time-journey", "sign_up_password.html", form | {"time_limit": ending("journey")}),
        Sample("time-session", "account/sessions.html", mine | {"time_limit": ending("session", seconds=42)}),
        Sample(
            "time-session-last",
            "account/sessions.html",
            mine | {"time_limit": ending("session", can_extend=False)},
        ),
        Sample(
            "time-session-over",
            "account/sessions.html",
            mine | {"time_limit": ending("session", seconds=0, can_extend=False)},
        ),
        Sample(
            "time-proof",
            "account/change_password.html",
            {
                "person": cast.person,
                "action": "/account/password",
                "min_length": 8,
                "has_password": True,
                "time_limit": ending("proof", can_extend=False),
            },
        ),
        Sample(
            "time-proof-level",
            "account/change_password.html",
            {
                "person": cast.person,
                "action": "/account/password",
                "min_length": 8,
                "has_password": True,
                "time_limit": ending("proof", can_extend=False, level=3),
            },
        ),
        Sample("more-time", "more_time.html", {"limit": ending("journey", seconds=880)()}),
        Sample("more-time-over", "more_time.html", {"limit": ending("journey", seconds=0)()}),
        Sample(
            "error-too-late",
            "error.html",
            {"error": "journey_expired", "trace_id": "019f2b7c6d1e", "too_late_for": lambda: start},
        ),
    ]
