"""A simulation of a proposed level policy, done by the worker: asked for on a page, followed there, kept as a row.

Scanning millions of accounts takes longer than a request may: the page adds a message, a worker scans and writes how
far it is, and the result stays with the version, for the one who approves. Approving without it is refused.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, String, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock, level_simulation
from idp.assurance.policy_file import PolicyError
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Json, Model, UtcDateTime, db, upsert
from idp.errors import Conflict
from idp.level_policy import version as versions
from idp.level_policy.version import LevelPolicyVersion
from idp.outbox import message
from idp.outbox.message import OutboxMessage

KIND = "level_simulation"
WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
# A worker that has not been heard of for so long does not go on: somebody may ask again.
SILENCE = timedelta(minutes=2)
# More moves and sites than anybody reads; the totals count all.
KEPT_ROWS = 200


class LevelSimulationRun(Model):
    """The simulation of one version. *looked_at*: accounts so far; *result*: `Simulation.as_json` when it is done."""

    __tablename__ = "level_simulation_runs"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    looked_at: Mapped[int] = mapped_column(Integer)
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    asked_by: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heard_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def is_under_way(self, now: datetime) -> bool:
        """Whether somebody works on it, or will soon."""
        return self.state in {WAITING, RUNNING} and now - self.heard_at < SILENCE


def ask(version: LevelPolicyVersion, by: str) -> None:
    """Have *version* simulated; once more only when nobody is at it. The caller commits. Raises Conflict."""
    versions.check_undecided(version)
    now = clock.now()
    present = find(version.number)
    if present is not None and present.is_under_way(now):
        raise Conflict("simulation_under_way", "This is being simulated already")
    facts = {
        "digest": version.digest,
        "state": WAITING,
        "looked_at": 0,
        "result": None,
        "asked_by": by,
        "asked_at": now,
        "heard_at": now,
    }
    upsert(LevelSimulationRun, {"number": version.number}, facts)
    message.add(KIND, {"number": version.number}, receiver="")


def find(number: int) -> LevelSimulationRun | None:
    """Return the simulation of that version as it stands now, or None."""
    return db.session.get(LevelSimulationRun, number, populate_existing=True)


def check_done(version: LevelPolicyVersion) -> None:
    """Raise Conflict (``not_simulated``) unless this very file was simulated to the end."""
    run = find(version.number)
    if run is None or run.state != DONE or run.digest != version.digest:
        raise Conflict("not_simulated", "Have the effect simulated first, and look at it")


def deliver(taken: OutboxMessage) -> None:
    """Simulate the version that the message names (a worker's part). A message that comes twice is done once."""
    number = int(taken.payload["number"])
    version = versions.find(number)
    if version is None or not _begin(number):
        return
    try:
        policy = version.policy
    except PolicyError:
        _write(number, state=FAILED)
        return
    result = level_simulation.simulate(policy, progress=lambda count: _write(number, looked_at=count))
    kept = result.as_json()
    kept["moves"] = [asdict(move) for move in result.moves[:KEPT_ROWS]]
    kept["relying_parties"] = [asdict(site) for site in result.sites[:KEPT_ROWS]]
    _write(number, state=DONE, looked_at=result.accounts, result=kept)
    log.record(
        EventName.LEVEL_POLICY_SIMULATED,
        actor=version.proposed_by,
        number=number,
        accounts=result.accounts,
        lowered=result.lowered,
        raised=result.raised,
    )


def _begin(number: int) -> bool:
    """Take the run up; of two workers with the same message one gets True."""
    now = clock.now()
    free = (LevelSimulationRun.state == WAITING) | (
        (LevelSimulationRun.state == RUNNING) & (LevelSimulationRun.heard_at < now - SILENCE)
    )
    begun = db.session.execute(
        update(LevelSimulationRun)
        .where(LevelSimulationRun.number == number, free)
        .values(state=RUNNING, looked_at=0, heard_at=now)
        .returning(LevelSimulationRun.number)
    ).first()
    return begun is not None


def _write(number: int, **values: Any) -> None:
    # Committed with the scan's next batch, or with the message.
    db.session.execute(
        update(LevelSimulationRun)
        .where(LevelSimulationRun.number == number)
        .values(heard_at=clock.now(), **values)
    )
