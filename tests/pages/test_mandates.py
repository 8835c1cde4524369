"""Mandates between people, and what an agent can never do for a principal."""

from datetime import timedelta

from werkzeug.routing import Rule

from idp import clock
from idp.accounts import account as accounts
from idp.db import commit
from idp.mandates import age, guardianship, relatives, rules_file
from idp.mandates.guardianship import Kinship
from idp.mandates.terms import Terms
from tests.pages.acting import Actor, proven, said, send_directly, status_of
from tests.provider import Provider


def entrusted(provider: Provider, principal: Actor, agent: Actor) -> str:
    """Let *agent* act for *principal* in everything."""
    principal.browser.go("/account/mandates/new")
    values = {"holder": agent.person.username, "holder_name": agent.person.name}
    principal.browser.send("offer-submit", values=values)
    path = principal.browser.path
    agent.browser.go(path)
    agent.browser.send("mandate-confirm")
    return path.rpartition("/")[2]


def test_a_person_lets_somebody_act_and_takes_it_back(either: Provider) -> None:
    mother, daughter = proven(either, "母亲"), proven(either, "女儿")
    mandate_id = entrusted(either, mother, daughter)
    assert status_of(either, mandate_id) == ("active", None)
    daughter.browser.go("/account/mandates")
    assert "母亲" in said(daughter.browser)
    mother.browser.go("/account/mandates")
    assert "女儿" in said(mother.browser)
    mother.browser.go(f"/account/mandates/{mandate_id}/end")
    mother.browser.send("end-confirm")
    assert status_of(either, mandate_id) == ("ended", "revoked")


def test_somebody_asks_and_the_principal_says_yes_or_no(either: Provider) -> None:
    mother, daughter = proven(either, "母亲"), proven(either, "女儿")
    daughter.browser.go("/account/mandates/new?direction=ask")
    assert "Ask to act" in said(daughter.browser)
    values = {"holder": mother.person.phone, "holder_name": mother.person.name}
    daughter.browser.send("offer-submit", values=values)
    mandate_id = daughter.browser.path.rpartition("/")[2]
    assert status_of(either, mandate_id) == ("proposed", None)
    assert (
        send_directly(daughter.browser, f"/account/mandates/{mandate_id}/answer", decision="confirm") == 404
    )
    mother.browser.go(f"/account/mandates/{mandate_id}")
    assert "may act for you" in said(mother.browser)
    mother.browser.send("mandate-confirm")
    assert status_of(either, mandate_id) == ("active", None)


def test_other_peoples_mandates_do_not_exist_for_anybody_else(either: Provider) -> None:
    mother, daughter, stranger = proven(either, "母亲"), proven(either, "女儿"), proven(either, "外人")
    mandate_id = entrusted(either, mother, daughter)
    for path in ("", "/end"):
        assert stranger.browser.go(f"/account/mandates/{mandate_id}{path}").status_code == 404
    for path in ("/answer", "/end", "/items"):
        assert send_directly(stranger.browser, f"/account/mandates/{mandate_id}{path}") == 404
    assert status_of(either, mandate_id) == ("active", None)
    for nonsense in ("no-id", "%00", "x" * 500, "00000000-0000-0000-0000-000000000000"):
        assert stranger.browser.go(f"/account/mandates/{nonsense}").status_code == 404


def test_who_is_not_well_enough_known_is_told_so(either: Provider) -> None:
    mother, unknown = proven(either, "母亲"), proven(either, "新人", codes=())
    mother.browser.go("/account/mandates/new")
    values = {"holder": unknown.person.username, "holder_name": unknown.person.name}
    mother.browser.send("offer-submit", values=values)
    unknown.browser.go(mother.browser.path)
    assert unknown.browser.send("mandate-confirm").status_code == 403
    assert "Prove your name first" in said(unknown.browser)


def test_look_ups_of_people_are_counted(either: Provider) -> None:
    curious = proven(either, "好奇")
    curious.browser.go("/account/mandates/new")
    for _ in range(30):
        curious.browser.send("offer-submit", values={"holder": "nobody-x", "holder_name": "某人"})
    assert curious.browser.response.status_code == 400
    curious.browser.send("offer-submit", values={"holder": "nobody-x", "holder_name": "某人"})
    assert curious.browser.response.status_code == 429


def test_a_child_of_sixteen_names_what_the_guardian_may(either: Provider) -> None:
    father, child = proven(either, "父亲"), proven(either, "孩子")
    today = age.today(clock.now())
    birthdate = today.replace(year=today.year - 17, day=1, month=1)
    with either.context():
        account = accounts.get(child.id)
        accounts.set_birth(account, birthdate.isoformat(), "male")
        kinship = Kinship(birthdate, "father", "00" * 32)
        mandate_id = guardianship.establish(accounts.get(father.id), account, kinship).id
        commit()
    father.browser.go("/account/wards")
    assert "only in what your child has named" in said(father.browser)
    child.browser.go(f"/account/mandates/{mandate_id}")
    child.browser.send("items-submit", values={"item": ["insurance-query"]})
    assert "Social insurance: look-up" in said(child.browser)
    assert child.browser.go(f"/account/mandates/{mandate_id}/end").status_code == 404
    assert send_directly(father.browser, f"/account/mandates/{mandate_id}/items", item="fund-query") == 404


# The pages below show or change what an account itself has: who holds a mandate sees their own there.
OWN = ("/account", "/recovery")


def _own_pages(provider: Provider) -> list[str]:
    rules: list[Rule] = list(provider.app.url_map.iter_rules())
    return sorted(
        {
            rule.rule
            for rule in rules
            if rule.rule.startswith(OWN) and not rule.arguments and "GET" in (rule.methods or set())
        }
    )


def test_an_agent_never_reaches_what_is_the_principals_own(either: Provider) -> None:
    mother, daughter = proven(either, "母亲甲"), proven(either, "女儿")
    entrusted(either, mother, daughter)
    pages = _own_pages(either)
    assert {"/account/sign-in-methods", "/account/proofing", "/account/totp"} <= set(pages)
    for page in pages:
        for path in (page, f"{page}?account={mother.id}", f"{page}?acting_as={mother.id}"):
            daughter.browser.go(path)
            text = daughter.browser.response.get_data(as_text=True)
            assert mother.person.username not in text
            assert str(mother.person.phone)[-8:] not in text
    with either.context():
        before = accounts.get(mother.id)
        standing, phone = before.standing, before.phone_index
    # What is posted there is the agent's own, whatever account the form names.
    for path in ("/account/totp/remove", "/account/password", "/account/proofing/face"):
        send_directly(daughter.browser, path, account=str(mother.id), code="1", current_password="x")
    with either.context():
        after = accounts.get(mother.id)
        assert (after.standing, after.phone_index) == (standing, phone)


def test_no_mandate_can_be_written_for_a_personal_act(either: Provider) -> None:
    mother, daughter = proven(either, "母亲"), proven(either, "女儿")
    for act in sorted(rules_file.get().personal_acts):
        mother.browser.go("/account/mandates/new")
        values = {
            "holder": daughter.person.username,
            "holder_name": daughter.person.name,
            "scope": "named",
            "item": [act],
        }
        assert mother.browser.send("offer-submit", values=values).status_code == 400
        assert "Nobody else can do this for you" in said(mother.browser)


def test_ended_ones_and_old_ones_stay_visible(either: Provider) -> None:
    mother, daughter = proven(either, "母亲"), proven(either, "女儿")
    mandate_id = entrusted(either, mother, daughter)
    with clock.shifted(timedelta(days=1)), either.context():
        made = relatives.offer(accounts.get(daughter.id), accounts.get(mother.id), Terms("relative"))
        commit()
    daughter.browser.go(f"/account/mandates/{mandate_id}/end")
    assert "Lay this mandate down?" in said(daughter.browser)
    daughter.browser.send("end-confirm")
    daughter.browser.go("/account/mandates")
    assert "laid down by the one who held it" in said(daughter.browser)
    assert str(made.id) in daughter.browser.response.get_data(as_text=True)
