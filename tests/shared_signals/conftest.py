"""Receivers, and relying parties that may have streams."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.provider import Provider
from tests.shared_signals.receiver import Receiver
from tests.site import SCOPE, Site

MakeSite = Callable[..., Site]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """One that listens."""
    made = Receiver()
    yield made
    made.close()


def registered(provider: Provider, *uris: str, **metadata: Any) -> Site:
    """A relying party that may have streams, pushed to *uris*."""
    values: dict[str, Any] = {
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "scope": f"{SCOPE} ssf.manage ssf.read",
        "security_event_uris": list(uris),
    }
    return provider.site(**values | metadata)
