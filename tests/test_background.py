"""What the worker does: its jobs on a whole provider, and checkpoints that stay checkable."""

from datetime import timedelta

import pytest

from idp import background, clock
from idp.audit import chain
from idp.db import db
from idp.keys import signing_key
from idp.keys.keyring import KEYRING
from idp.keys.signing_key import ARCHIVED, CURRENT, RETIRED, SigningKey
from tests.provider import NewProvider, Provider


def job(name: str) -> None:
    """Run one job now."""
    next(one for one in background.JOBS if one.name == name).run()


def test_every_job_runs_on_a_fresh_provider(new_provider: NewProvider) -> None:
    with new_provider().context():
        for one in background.JOBS:
            one.run()


def test_every_job_runs_where_people_are(either: Provider) -> None:
    """But the one that asks the registers about them: here nobody answers (tests/proofing/test_watching.py)."""
    with either.context():
        for one in background.JOBS:
            if one.name != "register_check":
                one.run()


def test_job_names_are_unique_because_they_are_locks() -> None:
    names = [one.name for one in background.JOBS]
    assert len(set(names)) == len(names)


def test_sealed_events_verify_and_a_changed_signature_does_not(provider: Provider) -> None:
    site = provider.site()
    site.tokens(provider.person())
    with provider.context():
        job("audit_seal")
        assert list(chain.verify(background.is_checkpoint)) == []
        assert list(chain.verify(lambda _statement, _signature: False))


def test_a_checkpoint_is_for_one_statement_only(provider: Provider) -> None:
    with provider.context():
        signature = background.sign_checkpoint(b"one")
        assert background.is_checkpoint(b"one", signature)
        assert not background.is_checkpoint(b"two", signature)
        assert not background.is_checkpoint(b"one", "x.y.z")
        token = KEYRING.get().sign({"statement": "b25l"}, typ="at+jwt")
        assert not background.is_checkpoint(b"one", token), "another kind of JWT is no checkpoint"


def test_keys_rotate_when_due_and_old_checkpoints_stay_checkable(new_provider: NewProvider) -> None:
    """RFC 9700 §4.9 spirit: rotation breaks nobody; OIDC Core §10.1.1: the next key was published before."""
    provider = new_provider()
    lifetimes = provider.settings.lifetimes
    with provider.context():
        signature = background.sign_checkpoint(b"old")
        (first,) = [key for key in signing_key.all_keys() if (key.alg, key.state) == ("ES256", CURRENT)]
        kid = first.kid
        with clock.shifted(timedelta(seconds=lifetimes.key_rotation + 1)):
            job("key_rotation")
            KEYRING.get().forget()
            assert db.session.get_one(SigningKey, kid).state == RETIRED
            assert kid in KEYRING.get().jwks().decode(), "a retired key stays published for the overlap"
        with clock.shifted(timedelta(seconds=lifetimes.key_rotation + lifetimes.key_overlap + 10)):
            job("key_rotation")
            KEYRING.get().forget()
            archived = db.session.get_one(SigningKey, kid)
            assert (archived.state, archived.sealed_jwk) == (ARCHIVED, "")
            assert kid not in KEYRING.get().jwks().decode()
        assert background.is_checkpoint(b"old", signature)


@pytest.mark.parametrize("seconds", [0, 3600])
def test_keys_that_are_not_due_stay(provider: Provider, seconds: int) -> None:
    with provider.context(), clock.shifted(timedelta(seconds=seconds)):
        before = {key.kid: key.state for key in signing_key.all_keys()}
        job("key_rotation")
        assert {key.kid: key.state for key in signing_key.all_keys()} == before
