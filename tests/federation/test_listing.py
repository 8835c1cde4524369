import itertools

import pytest
from sqlalchemy import text

from idp.db import commit, db
from idp.federation import hosted_entity, hosted_statement, listing, plant, subordinate
from idp.federation.listing import Filters
from tests.federation import hosted
from tests.provider import ISSUER, Provider, counted

_numbers = itertools.count(1)
EVERY = Filters(
    entity_types=["openid_relying_party", "federation_entity"],
    intermediate=True,
    trust_marked=True,
    trust_mark_type="https://marks.example/a",
)


def wide(count: int) -> str:
    """An anchor with so many right below it."""
    anchor, base = hosted.plant().anchor, f"{ISSUER}/listed{next(_numbers)}"
    for _ in plant.plant([plant.Planned(f"{base}/{n:05}", anchor, "节点", "") for n in range(count)]):
        commit()
    return anchor


def test_reading_step_by_step_gives_what_one_page_gives(
    either: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with either.context():
        anchor = wide(17)
        whole, rest = listing.page(anchor, Filters(), limit=100)
        assert rest is None
        monkeypatch.setattr(listing, "STEP", 5)
        assert listing.every(anchor, Filters()) == whole
        assert len(whole) == 18  # the province of its own
        with counted(either.app) as counts:
            listing.every(anchor, Filters())
        assert len(counts.statements) == 4


def test_the_last_page_leads_nowhere(either: Provider) -> None:
    with either.context():
        anchor = wide(4)
        first, following = listing.page(anchor, Filters(), limit=3)
        assert following is not None
        last, end = listing.page(anchor, Filters(), start=following, limit=2)
        assert (len(first), len(last), end) == (3, 2, None)
        assert listing.page(anchor, Filters(), start="~", limit=2) == ([], None)


@pytest.mark.parametrize(
    "filters", [Filters(), EVERY, Filters(intermediate=False), Filters(trust_marked=True)]
)
def test_no_list_and_no_statement_reads_a_table_from_end_to_end(provider: Provider, filters: Filters) -> None:
    """What the database says it would do: every table is entered by an index, however many rows it has."""
    with provider.context():
        anchor = wide(3)
        with counted(provider.app) as counts:
            listing.page(anchor, filters, start=anchor, limit=2)
            hosted_statement.Statements().find(anchor, hosted.plant().province)
            hosted_statement.Statements().find(hosted_statement.SELF, anchor)
            subordinate.page(anchor, after="a", limit=2)
            subordinate.superiors_of(anchor)
            hosted_entity.of_division("330106")
            hosted_entity.page(after="a", limit=2)
        selects = [one for one in counts.statements if one.startswith("SELECT") and "federation" in one]
        assert len(selects) >= 8
        for statement in selects:
            plan = db.session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", tuple("x" for _ in range(statement.count("?")))
            )
            steps = [row[3] for row in plan]
            assert not [step for step in steps if step.startswith("SCAN federation")], (statement, steps)
        db.session.execute(text("SELECT 1"))
        db.session.rollback()
