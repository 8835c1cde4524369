"""The level file (config/assurance.toml): text to `Policy`, or every mistake at once. Pure.

A file that ended, or does not count yet, is well formed: whether it may be put in force is `level_policy.version`'s
to say.
"""

import tomllib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from idp.assurance import acr, policy_rules
from idp.assurance.policy import (
    AUTHENTICATOR_LEVELS,
    HIGHEST,
    KINDS,
    LEVELS,
    OFFICIAL,
    Act,
    EvidenceKind,
    Floors,
    Framework,
    Level,
    Life,
    Lives,
    Method,
    Policy,
    Route,
    Text,
)
from idp.assurance.table_reader import Problem, TableReader

LONGEST = 256 * 1024  # characters
LONGEST_LIFE = 366 * 86_400
MOST_DAYS = 36_525
PASSWORD_POLICIES = ("nist", "djbh3")
HELD = "held"


class PolicyError(Exception):
    """The file cannot be used; *problems* has every reason."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def parse(text: str) -> Policy:
    """Return the policy that *text* says; raises PolicyError with all mistakes at once."""
    problems: list[Problem] = []
    root = TableReader(_document(text), "", problems)
    evidence = {code: _evidence(code, table) for code, table in root.named_tables("evidence").items()}
    methods = {code: _method(code, table) for code, table in root.named_tables("authenticators").items()}
    policy = Policy(
        title=root.both_languages("title"),
        valid_from=root.moment("valid_from"),
        valid_until=root.moment("valid_until"),
        fresh_from=root.integer("fresh_from", 1, HIGHEST),
        fal=root.integer("fal", 1, 3),
        levels=_levels(root.table("levels")),
        evidence=MappingProxyType(evidence),
        proofing=_proofing(root.table("proofing"), evidence),
        authenticators=MappingProxyType(methods),
        authentication=_routes(root, "authentication", "methods", methods, AUTHENTICATOR_LEVELS[-1]),
        caps=_caps(root.table("caps")),
        lives=_lives(root.table("sessions")),
        floors=_floors(root.table("floors")),
        password_policy=_passwords(root.table("passwords")),
        comparable=tuple(_framework(table) for table in root.tables("comparable")),
    )
    root.finish()
    # What cannot be read is one mistake, not two.
    unread = {problem.where for problem in problems}
    problems += [problem for problem in policy_rules.problems(policy) if problem.where not in unread]
    if problems:
        raise PolicyError(list(dict.fromkeys(problems)))
    return policy


def _document(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise PolicyError([Problem("the file", f"is longer than {LONGEST} characters")])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError([Problem("the file", f"is no TOML: {error}")]) from error
    except (RecursionError, ValueError) as error:
        raise PolicyError([Problem("the file", "is no TOML that can be read")]) from error


def _levels(table: TableReader) -> tuple[Level, ...]:
    made = []
    for number in LEVELS:
        one = table.table(str(number))
        level = Level(number, one.both_languages("name"), one.text("acr"))
        if level.acr not in ("?", acr.of(number)):
            one.wrong("acr", f"must be {acr.of(number)}: relying parties rely on it")
        one.finish()
        made.append(level)
    table.finish()
    return tuple(made)


def _evidence(code: str, table: TableReader) -> EvidenceKind:
    made = EvidenceKind(
        code=code,
        name=table.both_languages("name"),
        kinds=frozenset(table.texts("kinds", KINDS)),
        effort=table.integer("effort", 0, 100),
        days=table.integer("days", 1, MOST_DAYS) if table.has("days") else None,
        ceiling=table.integer("ceiling", 0, HIGHEST, HIGHEST),
        biometric=table.boolean("biometric"),
        elsewhere=table.boolean("elsewhere"),
    )
    table.finish()
    return made


def _method(code: str, table: TableReader) -> Method:
    not_for = frozenset(table.texts("not_for", KINDS, needed=False))
    name, effort = table.both_languages("name"), table.integer("effort", 0, 100)
    made = Method(code, name, effort, not_for, table.boolean("elsewhere"))
    table.finish()
    return made


def _proofing(table: TableReader, evidence: Mapping[str, EvidenceKind]) -> Mapping[str, tuple[Route, ...]]:
    made = {kind: _routes(table, kind, "evidence", evidence, HIGHEST) for kind in KINDS}
    table.finish()
    return MappingProxyType(made)


def _routes(
    table: TableReader, name: str, needs: str, known: Mapping[str, EvidenceKind | Method], most: int
) -> tuple[Route, ...]:
    made = []
    for one in table.tables(name):
        codes = one.texts(needs, tuple(known))
        effort = sum(known[code].effort for code in codes if code in known)
        made.append(Route(one.integer("level", 0, most), frozenset(codes), effort))
        one.finish()
    return tuple(sorted(made, key=lambda route: (-route.level, route.effort, sorted(route.needs))))


def _caps(table: TableReader) -> tuple[int, ...]:
    caps = tuple(table.integer(f"A{level}", 0, HIGHEST) for level in AUTHENTICATOR_LEVELS)
    table.finish()
    return caps


def _lives(table: TableReader) -> Lives:
    lives = {name: _life(table.table(name)) for name in Lives.__slots__}
    table.finish()
    return Lives(**lives)


def _life(table: TableReader) -> Life:
    life = Life(table.integer("absolute", 60, LONGEST_LIFE), table.integer("idle", 30, LONGEST_LIFE))
    table.finish()
    return life


def _floors(table: TableReader) -> Floors:
    acts = {name: _act(one) for name, one in table.named_tables("acts").items()}
    floors = {
        name: MappingProxyType({code: one.integer(code, 0, HIGHEST) for code in one.names()})
        for name in ("scopes", "items")
        for one in (table.table(name),)
    }
    table.finish()
    return Floors(scopes=floors["scopes"], items=floors["items"], acts=MappingProxyType(acts))


def _act(table: TableReader) -> Act:
    level = None
    # Both kinds of value are fine: what is no number is looked at as a word.
    if not table.take_if_equal("level", HELD):
        level = table.integer("level", 0, HIGHEST)
    max_age = table.integer("max_age", 1, 86_400) if table.has("max_age") else None
    act = Act(level, max_age, table.boolean("cryptographic"))
    table.finish()
    return act


def _passwords(table: TableReader) -> Mapping[str, str]:
    kinds = ("citizen", OFFICIAL)
    made = {kind: table.choice(kind, PASSWORD_POLICIES) for kind in kinds}
    table.finish()
    return MappingProxyType(made)


def _framework(table: TableReader) -> Framework:
    name: Text = table.both_languages("name")
    levels = table.texts("levels")
    if levels and len(levels) != len(LEVELS):
        table.wrong("levels", f"needs {len(LEVELS)} entries, one for each level")
    table.finish()
    return Framework(name, levels)
