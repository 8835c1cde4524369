"""What was said last stands while its speaker is away, and no longer than it was said."""

import pytest

from idp.db import db
from idp.federation import kept_statement, resolution
from idp.federation.resolution import Unreachable
from idp.federation.trust_chain import ChainRefused
from tests.federation.conftest import TrustingProvider
from tests.federation.far_line import Line, later
from tests.provider import Provider


def test_a_new_site_of_a_county_is_found_while_the_province_is_away(
    line: Line, trusting: TrustingProvider
) -> None:
    provider = trusting(line.nation)
    with provider.context():
        resolution.resolve(line.site.id)
    line.lose(line.province, line.nation)
    new = line.elsewhere.site("new", line.city)
    again = Provider(provider.settings)
    try:
        with again.context():
            assert resolution.resolve(new.id).path == (new.id, *line.path[1:])
            with later(again, 3700), pytest.raises(Unreachable):
                resolution.resolve(new.id)
    finally:
        again.close()


def test_what_a_superior_says_no_more_does_not_outlive_it(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    new = line.elsewhere.site("new", line.city)
    with provider.context():
        resolution.resolve(line.site.id)
        del line.province.below[line.city.id]
        line.elsewhere.changed()
        with later(provider, 31), pytest.raises(ChainRefused):
            resolution.resolve(line.site.id)
        line.lose(line.province, line.nation)
        for entity_id in (new.id, line.site.id):
            with later(provider, 60), pytest.raises(Unreachable):
                resolution.resolve(entity_id)


def test_what_was_rolled_back_is_written_again(line: Line, trusting: TrustingProvider) -> None:
    """Else this process would believe for a day that a statement is kept."""
    with trusting(line.nation).context():
        said = resolution.resolve(line.site.id).statements
        edges = [(one.iss, one.sub) for one in said]
        assert kept_statement.find(edges).keys() == set(edges)
        kept_statement.forget(edges)
        db.session.connection()
        kept_statement.keep(said)
        db.session.rollback()
        assert not kept_statement.find(edges)
        db.session.rollback()
        kept_statement.keep(said)
        assert kept_statement.find(edges).keys() == set(edges)
