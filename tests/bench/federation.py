"""`python -m tests.bench.federation`: trees of 300, 3,300 and 45,000 authorities hosted here, and sites below them.

What is planted: a nation, provinces, prefectures, counties (and townships), each with keys of its own, policies at
nation and provinces; sites below the lowest authorities. Each size is measured in a process of its own.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from idp import clock
from idp.db import Base, commit, db
from idp.federation import (
    explaining,
    federation_key,
    hosted_entity,
    hosted_statement,
    listing,
    plant,
    resolution,
    subordinate,
    trust_anchor,
)
from idp.federation.federation_key import CURRENT, FederationKey
from idp.federation.hosted_entity import HostedEntity
from idp.federation.hosted_statement import STATEMENTS
from idp.federation.known_chains import ENTRIES
from idp.federation.listing import Filters
from idp.federation.plant import Planned
from idp.federation.resolution import RESOLUTION
from idp.federation.subordinate import Subordinate, SubordinateType
from idp.keys import compact_jwt
from tests.provider import ISSUER, Provider, Template, counted

# Authorities → branching from the nation down, and sites in all.
SIZES = {300: ((12, 4, 5), 2_000), 3_300: ((31, 11, 9), 20_000), 45_000: ((31, 11, 9, 14), 20_000)}
WARM_BUDGET_MILLISECONDS = 1.0
RP = "openid_relying_party"
BASE = f"{ISSUER}/authorities"
STEP = 500
# Below one authority of its own, for pages of a long list.
LONG_LIST = 2_000
MANY = 300


def main() -> int:
    """Measure what was asked for; 1 when a warm resolution is over its budget or asks anybody."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.federation", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, choices=list(SIZES), default=list(SIZES))
    parser.add_argument("--one", type=int, choices=list(SIZES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        sys.stdout.write(json.dumps(_measure(options.one)))
        return 0
    found = []
    for size in options.sizes:
        command = (sys.executable, "-m", "tests.bench.federation", "--one", str(size))
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=os.environ)
        found.append(json.loads(done.stdout))
        sys.stderr.write(f"{json.dumps(found[-1])}\n")
    names = list(found[0])
    width = max(map(len, names))
    for name in names:
        sys.stdout.write(f"{name:{width}}" + "".join(f"{one[name]:>12}" for one in found) + "\n")
    late = any(one["warm, ms"] > WARM_BUDGET_MILLISECONDS or one["warm, queries"] for one in found)
    return int(late)


def _measure(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as directory:
        provider = Template(Path(directory)).on_sqlite(Path(directory))
        try:
            with provider.context():
                return _run(size, provider)
        finally:
            provider.close()


def _run(size: int, provider: Provider) -> dict[str, Any]:
    found: dict[str, Any] = {}
    began = time.perf_counter()
    authorities, sites, long = _plant(size)
    found["authorities"], found["sites"] = authorities, len(sites)
    found["planted, s"] = round(time.perf_counter() - began, 1)
    memory = _resident()
    shuffled = random.Random(1).sample(sites, len(sites))
    found["very first, ms"] = _milliseconds([_timed(lambda: resolution.resolve(shuffled[0]))])
    found["cold, ms"] = _milliseconds(_each(shuffled[1 : MANY + 1], resolution.resolve))
    found["cold, statements known, ms"] = _milliseconds(_cold_again(shuffled[1 : MANY + 1]))
    with counted(provider.app) as counts:
        turns = [_warm(shuffled[1 : MANY + 1]) for _ in range(5)]
    found["warm, ms"] = round(min(turns) * 1000, 4)
    found["warm, queries"] = len(counts.statements)
    found["explain, ms"] = _milliseconds(_each(shuffled[:20], explaining.explain))
    found |= _statements(shuffled)
    found |= _lists(long)
    for site in shuffled[:ENTRIES]:
        resolution.resolve(site)
    kept = RESOLUTION.get().known.sizes()[0]
    found["chains kept"] = kept
    found["memory for them, MiB"] = round((_resident() - memory) / 2**20, 1)
    return found


def _plant(size: int) -> tuple[int, list[str], str]:
    branching, sites = SIZES[size]
    nation = f"{BASE}/nation"
    hosted_entity.create(
        nation,
        kind=hosted_entity.ANCHOR,
        names={"zh-Hans": "国家"},
    )
    hosted_entity.update(
        nation,
        metadata_policy={
            RP: {
                "scope": {
                    "subset_of": ["openid", "profile", "phone", "real_name"],
                    "superset_of": ["openid"],
                },
                "id_token_signed_response_alg": {"default": "ES256", "one_of": ["ES256", "PS256"]},
                "redirect_uris": {"essential": True},
            }
        },
    )
    commit()
    lowest: list[str] = []
    for _ in plant.plant(_tree(nation, branching, lowest)):
        commit()
    for number in range(branching[0]):
        policy = {
            RP: {"scope": {"subset_of": ["openid", "profile", "real_name"]}, "contacts": {"add": ["p"]}}
        }
        hosted_entity.update(f"{BASE}/{number}", metadata_policy=policy)
    commit()
    below = [lowest[number % len(lowest)] for number in range(sites - LONG_LIST // 2)]
    below += [lowest[0]] * (LONG_LIST // 2)
    planned = [
        Planned(f"{BASE}/site{number}", superior, f"站点{number}", "")
        for number, superior in enumerate(below)
    ]
    source = iter(planned)
    while step := list(islice(source, STEP)):
        _plant_sites(step)
        commit()
    token = hosted_statement.configuration(nation)
    assert token is not None
    trust_anchor.add(nation, compact_jwt.unverified_claims(token)["jwks"])
    commit()
    made = sum(_product(branching[: depth + 1]) for depth in range(len(branching)))
    return 1 + made, [one.entity_id for one in planned], lowest[0]


def _tree(nation: str, branching: Sequence[int], lowest: list[str]) -> Iterator[Planned]:
    waiting = [(nation, "", 0)]
    while waiting:
        above, name, depth = waiting.pop()
        for number in range(branching[depth]):
            code = f"{name}-{number}" if name else str(number)
            entity_id = f"{BASE}/{code}"
            yield Planned(entity_id, above, f"机构{code}", "")
            if depth + 1 < len(branching):
                waiting.append((entity_id, code, depth + 1))
            else:
                lowest.append(entity_id)


def _plant_sites(step: Sequence[Planned]) -> None:
    now = clock.now()
    rows: list[tuple[dict[str, Any], ...]] = []
    for one in step:
        key = {"superior_id": one.superior_id, "entity_id": one.entity_id}
        declared = {
            RP: {
                "client_name": one.name,
                "redirect_uris": [f"{one.entity_id}/callback"],
                "scope": "openid profile",
                "response_types": ["code"],
                "grant_types": ["authorization_code"],
                "token_endpoint_auth_method": "private_key_jwt",
                "item_codes": ["fund"],
            }
        }
        names = {"zh-Hans": one.name}
        rows.append(
            (
                hosted_entity.blank(
                    one.entity_id,
                    kind=hosted_entity.LEAF,
                    names=names,
                    declared=declared,
                    authority_hints=[one.superior_id],
                ),
                federation_key.row(one.entity_id, CURRENT),
                subordinate.blank(now)
                | key
                | {"names": names, "entity_types": [RP], "is_intermediate": False, "sealed_jwks": None},
                key | {"entity_type": RP},
            )
        )
    models: tuple[type[Base], ...] = (HostedEntity, FederationKey, Subordinate, SubordinateType)
    for number, model in enumerate(models):
        db.session.execute(insert(model), [row[number] for row in rows])


def _statements(sites: Sequence[str]) -> dict[str, Any]:
    """Statements a second, signed anew and as they are kept, by one thread."""
    STATEMENTS.get().forget("*")
    STATEMENTS.get()._kept.clear()
    asked = sites[1000:1500]
    signed = sum(_each(asked, hosted_statement.configuration))
    kept = sum(_each(asked, hosted_statement.configuration))
    return {
        "statements signed, /s": round(len(asked) / signed),
        "statements kept, /s": round(len(asked) / kept),
    }


def _lists(long: str) -> dict[str, Any]:
    """First and last pages, and a filtered one, of a list of a thousand and more."""
    every = listing.every(long, Filters())
    pages: dict[str, Callable[[], object]] = {
        "list, first page of 100, ms": lambda: listing.page(long, Filters(), limit=100),
        "list, last page of 100, ms": lambda: listing.page(long, Filters(), start=every[-100], limit=100),
        "list, one entity type, ms": lambda: listing.page(long, Filters(entity_types=(RP,)), limit=100),
    }
    measured: dict[str, Any] = {"list, entries": len(every)}
    for name, turn in pages.items():
        measured[name] = _milliseconds([_timed(turn) for _ in range(15)])
    db.session.rollback()
    return measured


def _cold_again(sites: Sequence[str]) -> list[float]:
    RESOLUTION.get().forget()
    return _each(sites, resolution.resolve)


def _warm(sites: Sequence[str]) -> float:
    began = time.perf_counter()
    for _ in range(20):
        for site in sites:
            resolution.resolve(site)
    return (time.perf_counter() - began) / (20 * len(sites))


def _each(asked: Sequence[str], turn: Callable[[str], object]) -> list[float]:
    return [_timed(lambda one=one: turn(one)) for one in asked]  # type: ignore[misc] # bound at once


def _timed(turn: Callable[[], object]) -> float:
    began = time.perf_counter()
    turn()
    return time.perf_counter() - began


def _milliseconds(seconds: Sequence[float]) -> float:
    return round(statistics.median(seconds) * 1000, 2)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _product(numbers: Sequence[int]) -> int:
    made = 1
    for number in numbers:
        made *= number
    return made


if __name__ == "__main__":
    raise SystemExit(main())
