"""The level policy as values: everything that config/assurance.toml says, checked, immutable, ready for quick use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

CITIZEN, ENTERPRISE, OFFICIAL = KINDS = ("citizen", "enterprise", "official")
LEVELS = range(5)
AUTHENTICATOR_LEVELS = range(4)
HIGHEST = LEVELS[-1]


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Level:
    """A level's name and the ``acr`` value that relying parties see."""

    number: int
    name: Text
    acr: str


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """A kind of evidence: whose it is, what it costs the person, how many days it is good (None: no end).

    *elsewhere*: earned at another province's provider, so never offered as a way here.
    """

    code: str
    name: Text
    kinds: frozenset[str]
    effort: int
    days: int | None
    ceiling: int
    biometric: bool
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """A way of signing in by its ``amr`` value; for the kinds of account in *not_for* it counts nothing.

    *elsewhere*: nothing that an account can enrol here.
    """

    code: str
    name: Text
    effort: int
    not_for: frozenset[str]
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A way to a level: all of *needs* together (codes of evidence, or ``amr`` values)."""

    level: int
    needs: frozenset[str]
    effort: int


@dataclass(frozen=True, slots=True)
class Life:
    """How long a session lives, in seconds: in all, and without use."""

    absolute: int
    idle: int


@dataclass(frozen=True, slots=True)
class Lives:
    """The lives of sessions by level and device; *kiosk*: of a case at a kiosk or agency point."""

    own_device: Life
    other_device: Life
    level_3: Life
    level_4: Life
    official: Life
    kiosk: Life

    def of(self, level: int, kind: str = CITIZEN, *, own_device: bool = False) -> Life:
        """Return the life that a session of this level has there."""
        if kind == OFFICIAL:
            return self.official
        if level >= HIGHEST:
            return self.level_4
        if level == HIGHEST - 1:
            return self.level_3
        return self.own_device if own_device else self.other_device


@dataclass(frozen=True, slots=True)
class Act:
    """What an act at the provider needs: a level (None: the one held), a login at most *max_age* seconds old."""

    level: int | None
    max_age: int | None
    cryptographic: bool


@dataclass(frozen=True, slots=True)
class Floors:
    """The least level for a scope, an item, an act."""

    scopes: Mapping[str, int]
    items: Mapping[str, int]
    acts: Mapping[str, Act]

    def of_scopes(self, scopes: Iterable[str]) -> int:
        """Return the highest floor among these scopes; 0 when none has one."""
        return max((self.scopes.get(one, 0) for one in scopes), default=0)

    def of_items(self, items: Iterable[str]) -> int:
        """Return the highest floor among these items; 0 when none has one."""
        return max((self.items.get(one, 0) for one in items), default=0)


@dataclass(frozen=True, slots=True)
class Framework:
    """Another framework and what in it our five levels are comparable to (``""``: nothing)."""

    name: Text
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the level policy. Routes stand highest level first."""

    title: Text
    valid_from: datetime | None
    valid_until: datetime | None
    fresh_from: int
    fal: int
    levels: tuple[Level, ...]
    evidence: Mapping[str, EvidenceKind]
    proofing: Mapping[str, tuple[Route, ...]]
    authenticators: Mapping[str, Method]
    authentication: tuple[Route, ...]
    caps: tuple[int, ...]
    lives: Lives
    floors: Floors
    password_policy: Mapping[str, str]
    comparable: tuple[Framework, ...]

    def is_begun(self, now: datetime) -> bool:
        """Whether the file counts already by its own dates."""
        return self.valid_from is None or self.valid_from <= now

    def is_expired(self, now: datetime) -> bool:
        """Whether the file says of itself that it is not good any more."""
        return self.valid_until is not None and self.valid_until <= now
