"""A nation, a province, a city and a site that all run elsewhere, and time that passes for their chain."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from idp import clock
from idp.federation.resolution import RESOLUTION
from tests.federation.elsewhere import WELL_KNOWN, Elsewhere, Entity
from tests.provider import Provider


class Line:
    """A nation, a province, a city and a site, all elsewhere."""

    def __init__(self, elsewhere: Elsewhere) -> None:
        self.elsewhere = elsewhere
        self.nation = elsewhere.authority("nation")
        self.province = elsewhere.authority("province", self.nation)
        self.city = elsewhere.authority("city", self.province)
        self.site = elsewhere.site("site", self.city)
        self.path = (self.site.id, self.city.id, self.province.id, self.nation.id)

    def lose(self, *entities: Entity) -> None:
        """Let nobody hear of them any more."""
        for entity in entities:
            for path in (WELL_KNOWN, "/fetch"):
                self.elsewhere.faults[f"/{entity.name}{path}"] = "500"

    def chain(self) -> list[str]:
        """The chain that the site brings along."""
        return [
            self.site.configuration(),
            self.city.says_of(self.site),
            self.province.says_of(self.city),
            self.nation.says_of(self.province),
            self.nation.configuration(),
        ]


@contextmanager
def later(provider: Provider, seconds: float) -> Iterator[None]:
    """Let so many seconds pass, for answers and statements alike."""
    found = RESOLUTION.of(provider.app)

    def set_timer(timer: Callable[[], float]) -> None:
        found.timer = found.known._timer = found.confirmation._timer = timer
        found.known._known._timer = found.known._refused._timer = timer
        found.confirmation._said._timer = found.confirmation._away._timer = timer

    set_timer(lambda: time.monotonic() + seconds)
    try:
        with clock.shifted(timedelta(seconds=seconds)):
            yield
    finally:
        set_timer(time.monotonic)
