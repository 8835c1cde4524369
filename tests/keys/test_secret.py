import pytest
from sqlalchemy import select

from idp.db import commit, db
from idp.keys import secret
from idp.keys.master_key import MASTER, MasterKeyError
from idp.keys.secret import SECRETS, Secret
from tests.provider import NewProvider, Provider


def test_each_purpose_has_a_secret_of_its_own(provider: Provider) -> None:
    with provider.context():
        values = {name: SECRETS.get().get(name) for name in secret.ALL}
    assert len(set(values.values())) == len(secret.ALL)
    assert {len(value) for value in values.values()} == {32}


def test_secrets_are_made_once_and_stay(new_provider: NewProvider) -> None:
    provider = new_provider()
    with provider.context():
        assert secret.create_missing() == []
        before = SECRETS.get().get(secret.PAIRWISE)
        assert secret.Secrets().get(secret.PAIRWISE) == before
        db.session.delete(db.session.get_one(Secret, secret.DIGESTS))
        assert secret.create_missing() == [secret.DIGESTS]
        commit()
        assert secret.Secrets().get(secret.PAIRWISE) == before


def test_the_database_alone_reveals_none(provider: Provider) -> None:
    with provider.context():
        for row in db.session.execute(select(Secret)).scalars():
            assert SECRETS.get().get(row.name).hex() not in row.sealed


def test_a_secret_moved_to_another_name_does_not_open(new_provider: NewProvider) -> None:
    provider = new_provider()
    with provider.context():
        stolen = db.session.get_one(Secret, secret.PAIRWISE)
        db.session.get_one(Secret, secret.FIELDS).sealed = stolen.sealed
        commit()
        with pytest.raises(MasterKeyError):
            secret.Secrets().get(secret.FIELDS)


def test_a_database_without_secrets_says_so(new_provider: NewProvider) -> None:
    provider = new_provider()
    with provider.context():
        for row in db.session.execute(select(Secret)).scalars():
            db.session.delete(row)
        commit()
        with pytest.raises(KeyError):
            secret.Secrets().get(secret.PAIRWISE)
        assert MASTER.get() is not None
