import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from idp import clock
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.keys import signing_key
from idp.keys.keyring import Keyring
from idp.keys.master_key import MASTER, MasterKeyError
from idp.keys.signing_key import ALGORITHMS, ARCHIVED, CURRENT, NEXT, RETIRED, SigningKey
from tests.provider import NewProvider, Provider

EVERY, OVERLAP = timedelta(days=90), timedelta(days=7)


def states(alg: str = "ES256") -> dict[str, list[str]]:
    """The kids of an algorithm by state, archived ones too."""
    found: dict[str, list[str]] = {}
    for key in db.session.execute(select(SigningKey).where(SigningKey.alg == alg)).scalars():
        found.setdefault(key.state, []).append(key.kid)
    return found


def test_every_algorithm_has_a_key_that_signs_and_one_that_is_published_before(provider: Provider) -> None:
    with provider.context():
        assert signing_key.create_missing() == []
        for alg in ALGORITHMS:
            assert {state: len(kids) for state, kids in states(alg).items()} == {CURRENT: 1, NEXT: 1}


def test_public_halves_hold_nothing_private_and_private_ones_are_sealed(provider: Provider) -> None:
    with provider.context():
        for key in signing_key.all_keys():
            published = signing_key.public_jwk(key)
            assert (published["kid"], published["alg"], published["use"]) == (key.kid, key.alg, "sig")
            assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & published.keys()
            private = json.loads(
                MASTER.get().open(key.sealed_jwk, f"signing_keys.private:{key.kid}:{key.alg}")
            )
            assert private["d"] not in key.sealed_jwk


def test_a_private_half_opens_only_as_its_own_row(provider: Provider) -> None:
    with provider.context():
        one, other, *_ = signing_key.all_keys()
        with pytest.raises(MasterKeyError):
            signing_key.open_private(SigningKey(kid=one.kid, sealed_jwk=other.sealed_jwk))


def test_a_rotation_lets_the_published_key_sign_and_publishes_another(new_provider: NewProvider) -> None:
    with new_provider().context():
        before = states()
        made = signing_key.rotate("ES256")
        commit()
        after = states()
        assert [made.kid] == after[CURRENT] == before[NEXT]
        assert after[RETIRED] == before[CURRENT]
        assert after[NEXT] not in (before[NEXT], before[CURRENT])
        assert states("EdDSA").keys() == {CURRENT, NEXT}, "others are left alone"
        events = (
            db.session.execute(select(AuditEvent).where(AuditEvent.name == "key.rotated")).scalars().all()
        )
        assert [event.data["kid"] for event in events] == [made.kid]


def test_keys_turn_when_they_are_old_and_retired_ones_leave_after_the_overlap(
    new_provider: NewProvider,
) -> None:
    with new_provider().context():
        assert not signing_key.rotate_due(EVERY, OVERLAP)
        with clock.shifted(EVERY - timedelta(hours=12)):
            assert not signing_key.rotate_due(EVERY, OVERLAP)
        with clock.shifted(EVERY + timedelta(minutes=1)):
            old = states()[CURRENT]
            signing_key.rotate("ES256")
            assert states()[RETIRED] == old
            commit()
        with clock.shifted(EVERY + OVERLAP - timedelta(minutes=1)):
            assert states()[RETIRED] == old
        with clock.shifted(EVERY + OVERLAP + timedelta(minutes=2)):
            assert signing_key.rotate_due(timedelta(days=10_000), OVERLAP)
            commit()
            assert states()[ARCHIVED] == old
            assert old[0] not in [key.kid for key in signing_key.all_keys()]


def test_a_key_never_signs_before_it_was_published_for_an_overlap(new_provider: NewProvider) -> None:
    with new_provider().context(), clock.shifted(EVERY + timedelta(days=1)):
        signing_key.rotate("ES256")
        commit()
        current = states()[CURRENT]
        signing_key.rotate_due(timedelta(0), OVERLAP)
        assert states()[CURRENT] == current, "the next key is newer than the overlap"


def test_a_missing_next_key_is_made_before_anything_turns(new_provider: NewProvider) -> None:
    with new_provider().context():
        for key in signing_key.all_keys():
            if key.alg == "EdDSA" and key.state == NEXT:
                db.session.delete(key)
        commit()
        assert signing_key.rotate_due(EVERY, OVERLAP)
        commit()
        assert states("EdDSA").keys() == {CURRENT, NEXT}


def test_an_archived_key_can_sign_no_more_but_its_public_half_stays(new_provider: NewProvider) -> None:
    """Checkpoints of the audit log must be checkable for years, tokens must not."""
    with new_provider().context():
        keyring = Keyring()
        token = keyring.sign({"x": 1}, typ="checkpoint")
        kid = states()[CURRENT][0]
        signing_key.rotate("ES256")
        commit()
        with clock.shifted(OVERLAP + timedelta(hours=1)):
            assert signing_key.rotate_due(EVERY, OVERLAP)
        commit()
        assert db.session.get_one(SigningKey, kid).sealed_jwk == ""
        told = [event.name for event in db.session.query(AuditEvent) if event.data.get("kid") == kid]
        assert told == ["key.created", "key.archived"]
        assert signing_key.find_public(kid) is not None
        assert Keyring().verify_ever(token, typ="checkpoint") == {"x": 1}
        assert signing_key.find_public("unknown") is None
