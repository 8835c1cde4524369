from sqlalchemy import select

from idp.accounts import account as accounts
from idp.accounts import identity
from idp.db import commit, db
from idp.outbox.message import OutboxMessage
from idp.sessions import session as sessions
from idp.tokens import subject_change
from tests.identifiers import numbers
from tests.provider import Provider


def changes(account_id: object) -> list[OutboxMessage]:
    of_kind = select(OutboxMessage).where(OutboxMessage.kind == identity.SUBJECT_CHANGED)
    return [one for one in db.session.scalars(of_kind) if one.account_id == account_id]


def test_a_person_met_again_is_known_by_the_old_subject_from_the_next_login_on(either: Provider) -> None:
    number = numbers.with_check("33010619700101" + ("001" if either.settings.redis_url else "003"))
    site, first, second = either.site(), either.person(), either.person()
    known_as = site.userinfo(site.tokens(first)["access_token"]).get_json()["sub"]
    with either.context():
        identity.bind(accounts.get(first.id), identity.parse("citizen_id", number))
        identity.close(accounts.get(first.id))
        commit()
    before = site.tokens(second)
    stranger = site.userinfo(before["access_token"]).get_json()["sub"]
    assert stranger != known_as
    with either.context():
        identity.bind(accounts.get(second.id), identity.parse("citizen_id", number))
        commit()
        [told] = changes(second.id)
        subject_change.handle(told)
        subject_change.handle(told)  # delivered twice
        commit()
        assert len(sessions.live_sessions(second.id)) == 1
    assert site.introspect(before["access_token"]) == {"active": False}
    assert site.userinfo(before["access_token"]).status_code == 401
    assert site.refresh(before["refresh_token"]).error == "invalid_grant"
    after = site.tokens(second)
    assert site.userinfo(after["access_token"]).get_json()["sub"] == known_as
    with either.context():
        subject_change.handle(told)  # late: what stands under the right subject stays
        commit()
    assert site.userinfo(after["access_token"]).status_code == 200


def test_a_first_proof_changes_no_subject(provider: Provider) -> None:
    person = provider.person()
    with provider.context():
        identity.bind(
            accounts.get(person.id), identity.parse("citizen_id", numbers.with_check("33010619700101005"))
        )
        commit()
        assert changes(person.id) == []
