"""The limits of mandates as values, read from the text of config/mandates.toml with all mistakes at once. Pure."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

REPRESENTATIVE = "representative"
ADMINISTRATOR = "administrator"
HANDLER = "handler"
AGENCY = "agency"
GUARDIAN = "guardian"
WARD_GUARDIAN = "ward_guardian"
RELATIVE = "relative"
ROLES = (REPRESENTATIVE, ADMINISTRATOR, HANDLER, AGENCY, GUARDIAN, WARD_GUARDIAN, RELATIVE)

# What a site that is registered for it (`acting_as`) may see people act as.
ACTING_AS: dict[str, frozenset[str]] = {
    "enterprise": frozenset({REPRESENTATIVE, ADMINISTRATOR, HANDLER, AGENCY}),
    "ward": frozenset({GUARDIAN, WARD_GUARDIAN}),
    "relative": frozenset({RELATIVE}),
}

KINDS = ("citizen", "enterprise")
ITEMS = ("all", "named", "either")
GUARDIAN_ACTS = ("all", "items", "never")
CONSENTS = ("guardian", "child")
HIGHEST_LEVEL = 4

_NUMBERS = ("most", "level", "holder_proofing", "default_days", "longest_days", "single_use_hours")
_ROLE_FIELDS = {"principal", "holder", "items", "appoints", *_NUMBERS}
_AGE_FIELDS = {"from", "guardian_acts", "own_account", "consents"}
_TOP_NUMBERS = ("version", "chain", "principals_per_relative", "confirm_days", "ask_again_days")
_ASSISTED = ("warn_seconds", "extensions", "code_seconds")


class RulesError(Exception):
    """The file cannot be taken. ``problems`` has every mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class RoleRule:
    """The limits of one role. Days and hours of 0: none."""

    principal: str
    holder: str
    most: int
    level: int
    holder_proofing: int
    default_days: int
    longest_days: int
    single_use_hours: int
    items: str
    appoints: frozenset[str]

    @property
    def single_use(self) -> timedelta:
        """How long a mandate for one use holds; zero when the role knows none."""
        return timedelta(hours=self.single_use_hours)


@dataclass(frozen=True, slots=True)
class AgeRule:
    """What holds from the age ``since`` on."""

    since: int
    guardian_acts: str
    own_account: bool
    consents: str


@dataclass(frozen=True, slots=True)
class AssistedRule:
    """When a clerk's case warns of its end, how often it is extended. Its life is the level policy's."""

    warn_seconds: int
    extensions: int
    code_seconds: int


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything in the file."""

    version: int
    chain: int
    principals_per_relative: int
    confirm_days: int
    ask_again_days: int
    personal_acts: frozenset[str]
    roles: dict[str, RoleRule]
    ages: tuple[AgeRule, ...]
    assisted: AssistedRule

    def at_age(self, years: int) -> AgeRule:
        """Return what holds at that age."""
        return next(rule for rule in reversed(self.ages) if rule.since <= years)

    @property
    def of_age(self) -> int:
        """The age at which the guardianship of a child ends."""
        return next(rule.since for rule in self.ages if rule.guardian_acts == "never")


def parse(text: str) -> Rules:
    """Return the rules of the file; raises RulesError with every mistake."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError([f"not TOML: {error}"]) from None
    problems = _unknown(found, {*_TOP_NUMBERS, "personal_acts", "roles", "ages", "assisted"}, "")
    numbers = {name: _number(found, name, problems, least=1) for name in _TOP_NUMBERS}
    acts = _texts(found, "personal_acts", problems)
    roles = _roles(found.get("roles"), problems)
    ages = _ages(found.get("ages"), problems)
    table = found.get("assisted")
    assisted = table if isinstance(table, dict) else {}
    problems += _unknown(assisted, set(_ASSISTED), "assisted.")
    life = {name: _number(assisted, name, problems, "assisted.", least=0) for name in _ASSISTED}
    if problems:
        raise RulesError(problems)
    return Rules(
        **numbers, personal_acts=frozenset(acts), roles=roles, ages=ages, assisted=AssistedRule(**life)
    )


def _roles(found: Any, problems: list[str]) -> dict[str, RoleRule]:
    tables = found if isinstance(found, dict) else {}
    problems += [f"roles.{name}: unknown" for name in tables if name not in ROLES]
    rules = {}
    for name in ROLES:
        table = tables.get(name)
        if not isinstance(table, dict):
            problems.append(f"roles.{name}: missing")
            continue
        where = f"roles.{name}."
        problems += _unknown(table, _ROLE_FIELDS, where)
        optional = {"single_use_hours": 0} | table
        numbers = {field: _number(optional, field, problems, where, least=0) for field in _NUMBERS}
        appoints = _texts(table, "appoints", problems, where)
        problems += [f"{where}appoints: {role} is no role" for role in appoints if role not in ROLES]
        problems += [
            f"{where}{one}: at most 4" for one in ("level", "holder_proofing") if numbers[one] > HIGHEST_LEVEL
        ]
        if 0 < numbers["longest_days"] < numbers["default_days"]:
            problems.append(f"{where}default_days: more than longest_days")
        rules[name] = RoleRule(
            principal=_one_of(table, "principal", KINDS, problems, where),
            holder=_one_of(table, "holder", KINDS, problems, where),
            items=_one_of(table, "items", ITEMS, problems, where),
            appoints=frozenset(appoints),
            **numbers,
        )
    return rules


def _ages(found: Any, problems: list[str]) -> tuple[AgeRule, ...]:
    tables = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    rules = []
    for position, table in enumerate(tables):
        where = f"ages[{position}]."
        problems += _unknown(table, _AGE_FIELDS, where)
        own = table.get("own_account")
        if not isinstance(own, bool):
            problems.append(f"{where}own_account: must be true or false")
        rules.append(
            AgeRule(
                since=_number(table, "from", problems, where, least=0),
                guardian_acts=_one_of(table, "guardian_acts", GUARDIAN_ACTS, problems, where),
                own_account=own is True,
                consents=_one_of(table, "consents", CONSENTS, problems, where),
            )
        )
    since = [rule.since for rule in rules]
    if not since or since[0] != 0 or since != sorted(set(since)):
        problems.append("ages: must begin at 0 and rise")
    if not rules or rules[-1].guardian_acts != "never":
        problems.append('ages: the last must have guardian_acts = "never"')
    return tuple(rules)


def _unknown(table: dict[str, Any], known: set[str], where: str) -> list[str]:
    return [f"{where}{name}: unknown" for name in table if name not in known]


def _number(table: dict[str, Any], name: str, problems: list[str], where: str = "", *, least: int) -> int:
    value = table.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        problems.append(f"{where}{name}: must be a whole number, {least} or more")
        return least
    return value


def _one_of(table: dict[str, Any], name: str, known: tuple[str, ...], problems: list[str], where: str) -> str:
    value = table.get(name)
    if value not in known:
        problems.append(f"{where}{name}: must be one of {', '.join(known)}")
        return known[0]
    return str(value)


def _texts(table: dict[str, Any], name: str, problems: list[str], where: str = "") -> list[str]:
    value = table.get(name)
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        problems.append(f"{where}{name}: must be a list of texts")
        return []
    return value
