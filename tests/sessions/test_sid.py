from uuid import uuid4

from idp.sessions import sid
from tests.provider import Provider


def test_each_site_knows_a_session_by_a_name_of_its_own(provider: Provider) -> None:
    """Pairwise subjects would be worth nothing if sites could join on the sid."""
    session_id = uuid4()
    with provider.context():
        names = {sid.of(session_id, "a"), sid.of(session_id, "b"), sid.of(uuid4(), "a")}
        assert len(names) == 3
        assert sid.of(session_id, "a") in names
    assert all(session_id.hex not in name and name.isascii() for name in names)
