"""What a response mode decides: a redirect, or a form for the browser to post."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """Redirect to ``location``, or post ``params`` to ``action`` (exactly one of both is set)."""

    location: str | None = None
    action: str | None = None
    params: tuple[tuple[str, str], ...] = ()
