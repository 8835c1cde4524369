"""The list of what was revoked early; both ephemeral stores."""

from uuid import uuid4

from idp.ephemeral.store import EPHEMERAL
from idp.sessions import revocation
from tests.provider import Provider

NOW = 1_790_000_000


def test_a_family_takes_its_members_with_it_and_a_member_goes_alone(either: Provider) -> None:
    family, other = str(uuid4()), str(uuid4())
    with either.context():
        assert not revocation.is_revoked(NOW, family, "grant", "token")
        revocation.revoke(family, "token")
        assert revocation.is_revoked(NOW, family, "grant", "token")
        assert not revocation.is_revoked(NOW, family, "grant", "another")
        revocation.revoke(family)
        assert revocation.is_revoked(NOW, family, "grant", "another")
        assert not revocation.is_revoked(NOW, other, "grant", "token")


def test_one_question_is_one_round_trip_on_one_node(either: Provider) -> None:
    """Redis Cluster: keys of one question share a hash tag."""
    family = str(uuid4())
    keys = [revocation._key(family, member) for member in ("", "grant", "token")]
    assert len({key.partition("}")[0] for key in keys}) == 1
    with either.context():
        assert EPHEMERAL.get().get_many(keys) == [None, None, None]


def test_what_is_issued_after_a_change_counts_again(either: Provider) -> None:
    family = str(uuid4())
    with either.context():
        revocation.revoke(family, "grant", issued_until=NOW)
        assert revocation.is_revoked(NOW - 1, family, "grant")
        assert revocation.is_revoked(NOW, family, "grant")
        assert not revocation.is_revoked(NOW + 1, family, "grant")
        revocation.revoke(family, "grant")
        assert revocation.is_revoked(NOW + 1, family, "grant")
