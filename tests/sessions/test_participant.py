from uuid import uuid4

from idp.db import commit
from idp.sessions import participant
from tests.provider import Provider


def test_sites_are_kept_in_the_order_of_their_first_login(either: Provider) -> None:
    session_id = uuid4()
    with either.context():
        for client_id in ("b", "a", "b", "c"):
            participant.add(session_id, client_id, f"sub-{client_id}")
        commit()
        assert participant.find_identity(session_id, "a") == "self"
        participant.add(session_id, "a", "another subject", "mandate-1")
        assert participant.find_identity(session_id, "a") == "mandate-1"
        assert participant.find_identity(session_id, "unknown") is None
        assert [(one.client_id, one.sub) for one in participant.of_session(session_id)] == [
            ("b", "sub-b"),
            ("a", "another subject"),
            ("c", "sub-c"),
        ]
        participant.remove(session_id, "a")
        participant.remove(session_id, "unknown")
        commit()
        assert [one.client_id for one in participant.of_session(session_id)] == ["b", "c"]
        assert participant.of_session(uuid4()) == []
