import json
import threading
from datetime import timedelta

import pytest
from joserfc.jwk import ECKey

from idp import background, clock
from idp.audit import search
from idp.db import commit, db
from idp.errors import Conflict, NotFound
from idp.federation import federation_key, hosted_statement, rotation
from idp.federation.federation_key import CURRENT, NEXT, RETIRED, FederationKey
from idp.keys.master_key import MASTER, MasterKeyError
from tests.federation import hosted
from tests.provider import NewProvider, Provider

YEAR = timedelta(days=365)


def states(entity_id: str) -> list[str]:
    return sorted(key.state for key in federation_key.ever(entity_id))


def test_public_halves_hold_nothing_private_and_private_ones_are_sealed(either: Provider) -> None:
    with either.context():
        key = federation_key.current(hosted.plant().anchor)
        public = federation_key.public_jwk(key)
        assert (public["alg"], public["use"], "d" in public) == ("ES256", "sig", False)
        assert public["kid"] == key.kid == ECKey.import_key(public).thumbprint()
        context = f"federation_keys.private:{key.entity_id}:{key.kid}"
        assert json.loads(MASTER.get().open(key.sealed_jwk, context))["d"] not in key.sealed_jwk


def test_a_key_opens_only_as_its_own_row(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        one, other = federation_key.current(tree.anchor), federation_key.current(tree.province)
        with pytest.raises(MasterKeyError):
            federation_key.open_private(
                FederationKey(entity_id=one.entity_id, kid=one.kid, sealed_jwk=other.sealed_jwk)
            )


def test_the_next_key_is_published_before_it_signs_and_the_last_one_after(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        first = federation_key.current(tree.province).kid
        second = rotation.prepare(tree.province).kid
        assert rotation.prepare(tree.province).kid == second
        commit()
        said = hosted.read(hosted_statement.configuration(tree.province))
        assert [key["kid"] for key in said["jwks"]["keys"]] == [first, second]
        assert rotation.rotate(tree.province).kid == second
        commit()
        assert states(tree.province) == [CURRENT, RETIRED]
        said = hosted.read(hosted_statement.configuration(tree.province))
        assert [key["kid"] for key in said["jwks"]["keys"]] == [second, first]
        above = hosted.read(
            hosted.statement(tree.anchor, tree.province),
            federation_key.jwks(tree.anchor),
        )
        assert above["jwks"] == said["jwks"]
        assert next(key for key in federation_key.ever(tree.province) if key.kid == first).sealed_jwk == ""
        with clock.shifted(federation_key.overlap()):
            assert [key.kid for key in federation_key.published(tree.province)] == [second]


def test_a_revoked_key_is_out_at_once_and_another_signs(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
        first = federation_key.current(tree.province).kid
        rotation.revoke(tree.province, first, "compromised")
        commit()
        said = hosted.read(hosted_statement.configuration(tree.province))
        assert [key["kid"] for key in said["jwks"]["keys"]] == [federation_key.current(tree.province).kid]
        assert first not in json.dumps(said)
        with pytest.raises(Conflict):
            rotation.revoke(tree.province, first, "unspecified")
        with pytest.raises(NotFound):
            rotation.revoke(tree.province, "no such key", "unspecified")
        (event,) = [one for one in search.find(name="federation_key.revoked") if one.data["kid"] == first]
        assert event.data["reason"] == "compromised"


def test_of_nobody(either: Provider) -> None:
    with either.context():
        for work in (rotation.rotate, rotation.prepare, federation_key.current):
            with pytest.raises(NotFound):
                work("http://localhost:8000/authorities/none")


def test_of_two_who_rotate_at_once_one_does(either: Provider) -> None:
    with either.context():
        tree = hosted.plant()
    together, outcomes = threading.Barrier(2), list[str]()

    def rotate() -> None:
        with either.context():
            together.wait()
            try:
                rotation.rotate(tree.anchor)
                commit()
                outcomes.append("done")
            except Conflict:
                db.session.rollback()
                outcomes.append("late")

    threads = [threading.Thread(target=rotate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with either.context():
        # One after the other is two rotations; at the same moment one of them finds that it was done.
        assert outcomes.count("done") >= 1
        assert len(outcomes) == 2
        assert states(tree.anchor).count(CURRENT) == 1
        assert states(tree.anchor).count(RETIRED) == outcomes.count("done")
        assert hosted.read(hosted_statement.configuration(tree.anchor))


def test_the_worker_prepares_and_turns_each_key_in_its_time(new_provider: NewProvider) -> None:
    provider = new_provider()
    with provider.context():
        tree = hosted.plant()
        assert rotation.rotate_due(YEAR) == 0
        ahead = federation_key.overlap()
        with clock.shifted(YEAR - ahead):
            background._rotate_federation_keys()
            assert states(tree.site) == [CURRENT, NEXT]
            assert rotation.rotate_due(YEAR) == 0
        with clock.shifted(YEAR - ahead / 2):
            assert rotation.rotate_due(YEAR) == 0
        with clock.shifted(YEAR + timedelta(seconds=1)):
            assert rotation.rotate_due(YEAR, most=2) == 2
            assert rotation.rotate_due(YEAR, most=2) == 1
            commit()
            assert rotation.rotate_due(YEAR) == 0
            assert states(tree.site) == [CURRENT, RETIRED]
            assert hosted.read(hosted_statement.configuration(tree.site))


def test_a_next_key_waits_its_overlap_although_the_worker_was_away(new_provider: NewProvider) -> None:
    with new_provider().context():
        tree = hosted.plant()
        with clock.shifted(YEAR * 2):
            assert rotation.rotate_due(YEAR) == 3
            commit()
            assert rotation.rotate_due(YEAR) == 0
            assert states(tree.anchor) == [CURRENT, NEXT]
        with clock.shifted(YEAR * 2 + federation_key.overlap()):
            assert rotation.rotate_due(YEAR) == 3
