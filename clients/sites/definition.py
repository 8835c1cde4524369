"""What makes one service site different from the others: its words, its records, its pages that want more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from clients.sites.language import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing worth large type."""

    label: Text
    value: Text | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Records in rows; ``numeric`` columns are set to the right."""

    caption: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Text | str, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What the service holds about a person."""

    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUpPage:
    """A page that wants more: a level, a login within ``max_age`` seconds, for others a mandate for ``item``."""

    path: str
    acr: str = ""
    max_age: int | None = None
    item: str = ""
    title: Text
    lead: Text
    button: Text
    done: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """A page for which the person may let the site have one more ``item``, asked for with ``scope``, only there."""

    path: str
    scope: str
    item: str
    title: Text
    lead: Text
    turn_on: Text
    turn_off: Text
    is_on: Text
    taken_back: Text
    not_shared: Text
    ask: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What the site answers when somebody asks it to delete what it keeps (PIPL art. 47); ``reason`` is theirs to read.

    ``status`` is one of ``tongxing_client.data_deletion.ANSWERS``.
    """

    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One site.

    ``superiors`` name the authorities that vouch for it (all of them at the provider), ``vouched_by`` says so to
    people; ``metadata`` is what it declares to the federation beyond its names and what the kit knows. It signs its
    requests, unless it only ``pushes_requests``; with both it pushes signed ones. ``scope`` is what it asks for;
    with ``is_for_others`` people may act for a company or a person here; ``records(sub, today)`` makes up its
    data. ``needed_items``: who takes these back is logged in here no more. With ``leaves_in_frame`` it is told of
    logouts by the browser too (OpenID Connect Front-Channel Logout 1.0). With ``is_behind_wall`` it fetches events
    instead of having them pushed (RFC 8936).
    """

    key: str
    software_id: str
    port: int
    superiors: tuple[str, ...]
    vouched_by: Text
    metadata: Mapping[str, Any] = field(repr=False)
    scope: str
    sign: str
    name: Text
    authority: Text
    division: Text
    lead: Text
    offers: tuple[Text, ...]
    records_title: Text
    records: Callable[[str, date], Records]
    deletion: Deletion
    pages: tuple[StepUpPage, ...] = ()
    item_pages: tuple[ItemPage, ...] = ()
    needed_items: frozenset[str] = frozenset()
    signs_requests: bool = True
    pushes_requests: bool = False
    leaves_in_frame: bool = False
    is_for_others: bool = False
    is_behind_wall: bool = False
