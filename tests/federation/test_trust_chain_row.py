"""Chains that a new process begins with."""

from datetime import timedelta

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import delete

from idp import clock
from idp.db import commit, db
from idp.federation import kept_statement, resolution, trust_anchor, trust_chain_row
from idp.federation.trust_chain import ChainRefused
from tests.federation.conftest import TrustingProvider
from tests.federation.elsewhere import RP
from tests.federation.far_line import Line
from tests.provider import Provider


def test_a_new_process_begins_with_the_chains_that_were_known(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    with provider.context():
        resolution.resolve(line.site.id)
    again = Provider(provider.settings)
    try:
        line.lose(line.site, line.city, line.province, line.nation)
        with again.context():
            assert resolution.resolve(line.site.id).path == line.path
    finally:
        again.close()


def test_what_a_new_process_begins_with_is_confirmed_first(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    with provider.context():
        resolution.resolve(line.site.id)
    again = Provider(provider.settings)
    try:
        del line.city.below[line.site.id]
        with again.context(), pytest.raises(ChainRefused):
            resolution.resolve(line.site.id)
    finally:
        again.close()


def test_a_chain_kept_by_somebody_who_can_write_the_database_is_verified(
    line: Line, trusting: TrustingProvider
) -> None:
    provider = trusting(line.nation)
    with provider.context():
        resolution.resolve(line.site.id)
        line.site.key = ECKey.generate_key("P-256", {"kid": "site-1"})
        line.site.metadata[RP]["client_name"] = "forged"
        forged = line.site.configuration()
        chain = db.session.get(trust_chain_row.TrustChainRow, (line.site.id, ""))
        assert chain is not None
        chain.tokens = [forged, *chain.tokens[1:]]
        commit()
    line.lose(line.site, line.city, line.province, line.nation)
    again = Provider(provider.settings)
    try:
        with again.context():
            assert resolution.resolve(line.site.id).metadata[RP]["client_name"] == "site"
    finally:
        again.close()
    with provider.context():
        kept = db.session.get(kept_statement.KeptStatement, (line.site.id, line.site.id))
        assert kept is not None
        kept.token = forged
        db.session.execute(delete(trust_chain_row.TrustChainRow))
        commit()
    again = Provider(provider.settings)
    try:
        with again.context(), pytest.raises(ChainRefused) as refused:
            resolution.resolve(line.site.id)
        assert refused.value.rule == "signature"
    finally:
        again.close()


def test_on_every_kind_of_database_and_store(either: Provider, line: Line) -> None:
    """Two processes: kept by one, found by the other; what one is told, the other hears."""
    other = Provider(either.settings)
    try:
        with either.context():
            trust_anchor.add(line.nation.id, line.nation.jwks)
            commit()
            assert resolution.resolve(line.site.id).path == line.path
        line.lose(line.site, line.province, line.nation)
        new = line.elsewhere.site("new", line.city)
        with other.context():
            assert resolution.resolve(line.site.id).path == line.path
            assert resolution.resolve(new.id).path == (new.id, *line.path[1:])
        with either.context():
            trust_anchor.remove(line.nation.id)
            commit()
            with pytest.raises(ChainRefused):
                resolution.resolve(line.site.id)
        other.settle()
        with other.context(), pytest.raises(ChainRefused):
            resolution.resolve(line.site.id)
    finally:
        other.close()


def test_what_has_ended_is_swept(line: Line, trusting: TrustingProvider) -> None:
    provider = trusting(line.nation)
    with provider.context():
        resolution.resolve(line.site.id)
        assert (trust_chain_row.sweep(), kept_statement.sweep()) == (0, 0)
        with clock.shifted(timedelta(hours=2)):
            assert (trust_chain_row.sweep(), kept_statement.sweep()) == (1, 7)
            commit()
        assert trust_chain_row.find(line.site.id, "") is None
