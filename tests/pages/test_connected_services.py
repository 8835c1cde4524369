from datetime import timedelta

from idp import clock
from idp.accounts import account as accounts
from idp.consent import record
from idp.consent.consent_record import ConsentRecord
from idp.consent.decision import Asked
from idp.db import commit, db
from idp.relying_parties import cache
from tests.pages import acting
from tests.provider import Provider, SignIn, counted

SERVICES = "/account/services"


def test_nothing_shared_yet_is_said(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    visitor.go(SERVICES)
    assert "No service has received anything yet" in "".join(visitor.page.texts)


def test_what_holds_and_what_has_run_out_stand_apart(either: Provider, sign_in: SignIn) -> None:
    person, site, old = either.person(), either.site(), either.site()
    for one in (site, old):
        one.visitor().arrive(one.authorize_url(), person)
    with either.context():
        row = db.session.get(ConsentRecord, (person.id, old.id))
        assert row is not None
        row.expires_at = clock.now() - timedelta(days=1)
        commit()
    visitor = sign_in(person)
    visitor.go(SERVICES)
    body = visitor.response.get_data(as_text=True)
    assert f'data-service="{site.id}" data-state="held"' in body
    assert f'data-service="{old.id}" data-state="expired"' in body
    assert body.index('id="services-held"') < body.index('id="services-ended"')


def test_who_runs_an_enterprise_takes_back_for_it(either: Provider) -> None:
    actor = acting.proven(either, "王芳", codes=("chip",))
    enterprise_id, site = acting.enterprise_of(either, actor), either.site()
    with either.context():
        account = accounts.get(enterprise_id)
        asked = Asked(required=frozenset({"name"}), optional=frozenset(), purpose="x", legal_basis="consent")
        record.save(account, site.rp, asked, frozenset({"name"}))
        commit()
    visitor = actor.browser
    visitor.go(SERVICES)
    assert "杭州示例科技有限公司" in "".join(visitor.page.texts)
    visitor.go(f"{SERVICES}?for={enterprise_id}")
    assert f'data-service="{site.id}" data-state="held"' in visitor.response.get_data(as_text=True)
    visitor.go(f"{SERVICES}/{site.id}?for={enterprise_id}")
    visitor.send("withdraw-all")
    assert visitor.is_at(f"{SERVICES}/{site.id}")
    with either.context():
        row = db.session.get(ConsentRecord, (enterprise_id, site.id))
        assert row is not None
        assert row.withdrawn_at is not None
        assert row.withdrawn_by == actor.id


def test_the_list_costs_few_queries(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    for _turn in range(4):
        site = either.site()
        site.visitor().arrive(site.authorize_url(), person)
    visitor = sign_in(person)
    either.settle()
    visitor.open(SERVICES)
    with either.context():
        cache.CACHE.get().forget(cache.EVERYTHING)
    with counted(either.app) as counts:
        visitor.open(SERVICES)
    assert len(counts.statements) <= 8
