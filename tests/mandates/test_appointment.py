"""Appointing for an enterprise: who may, both confirm, the limits, how it ends, and who is faster."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, IdpError, InvalidInput, NotFound
from idp.mandates import appointment, choosing, decision, ending, managing, mandate, representation, rules
from idp.mandates.decision import ACTIVE, ENDED, PROPOSED, Permit, Reason, Refusal
from idp.mandates.mandate import Mandate
from idp.mandates.terms import Terms
from idp.outbox.message import OutboxMessage
from tests.mandates.conftest import MakePerson, make_enterprise

HANDLER = Terms("handler", ("estate.register", "estate.query"))
ADMINISTRATOR = Terms("administrator")


def ended_messages() -> set[str]:
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == ending.KIND))
    return {row.payload["mandate_id"] for row in rows}


def appointed(enterprise: Account, by: Account, holder: Account, wished: Terms) -> Mandate:
    made = appointment.appoint(by.id, enterprise, holder, wished)
    appointment.confirm(made, holder.id)
    commit()
    return made


def may(holder: Account, made: Mandate, items: tuple[str, ...] = ()) -> Permit | Refusal:
    return choosing.check(holder.id, made.id, (), items, clock.now())


def test_a_handler_acts_once_both_have_said_yes(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    zhaoqiang = person("赵强")
    made = appointment.appoint(wangfang.id, enterprise, zhaoqiang, HANDLER)
    assert made.status == PROPOSED
    assert may(zhaoqiang, made) == Refusal(Reason.NOT_CONFIRMED)
    appointment.confirm(made, zhaoqiang.id)
    commit()
    assert may(zhaoqiang, made) == Permit(frozenset(HANDLER.items), 3, "handler")
    assert may(zhaoqiang, made, ("estate.query", "tax")) == Permit(frozenset({"estate.query"}), 3, "handler")
    assert may(zhaoqiang, made, ("tax",)) == Refusal(Reason.ITEM_NOT_COVERED)
    assert made.expires_at is not None
    assert timedelta(days=29) < made.expires_at - clock.now() <= timedelta(days=30)


def test_a_revocation_holds_at_once_and_sites_are_told(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    zhaoqiang = person("赵强")
    made = appointed(enterprise, wangfang, zhaoqiang, HANDLER)
    appointment.revoke(made, wangfang.id)
    commit()
    assert may(zhaoqiang, made) == Refusal(Reason.ENDED)
    assert choosing.choices(zhaoqiang.id, {"handler"}, (), clock.now()) == []
    assert ended_messages() == {str(made.id)}
    with pytest.raises(Conflict) as caught:
        appointment.revoke(made, wangfang.id)
    assert caught.value.code == "mandate_not_open"


def test_a_holder_lays_it_down(wangfang: Account, enterprise: Account, person: MakePerson) -> None:
    zhaoqiang = person("赵强")
    made = appointed(enterprise, wangfang, zhaoqiang, HANDLER)
    appointment.revoke(made, zhaoqiang.id)
    assert (made.status, made.end_reason) == (ENDED, ending.LEFT)


def test_who_is_invited_may_say_no(wangfang: Account, enterprise: Account, person: MakePerson) -> None:
    zhaoqiang = person("赵强")
    made = appointment.appoint(wangfang.id, enterprise, zhaoqiang, HANDLER)
    with pytest.raises(NotFound):
        appointment.decline(made, wangfang.id)
    appointment.decline(made, zhaoqiang.id)
    assert made.end_reason == ending.DECLINED
    with pytest.raises(NotFound):
        appointment.confirm(made, zhaoqiang.id)


@pytest.mark.parametrize("outsider", ["stranger", "handler", "former"])
def test_nobody_appoints_who_does_not_run_the_enterprise(
    outsider: str, wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    by = person("外人")
    if outsider == "handler":
        appointed(enterprise, wangfang, by, Terms("handler"))
    if outsider == "former":
        appointment.revoke(appointed(enterprise, wangfang, by, ADMINISTRATOR), wangfang.id)
    with pytest.raises(Forbidden) as caught:
        appointment.appoint(by.id, enterprise, person("赵强"), HANDLER)
    assert caught.value.code == "not_your_enterprise"


def test_an_administrator_appoints_handlers_and_no_administrators(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    administrator = person("管理员")
    appointed(enterprise, wangfang, administrator, ADMINISTRATOR)
    handler = appointed(enterprise, administrator, person("赵强"), HANDLER)
    assert handler.status == ACTIVE
    with pytest.raises(Forbidden) as caught:
        appointment.appoint(administrator.id, enterprise, person("再一位"), ADMINISTRATOR)
    assert caught.value.code == "role_not_yours_to_give"
    assert not appointment.may_end(mandate.with_role(enterprise.id, ("representative",))[0], administrator.id)


def test_an_administrator_must_be_known_at_level_3(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    known = person("二级", proven=("register",))
    made = appointment.appoint(wangfang.id, enterprise, known, ADMINISTRATOR)
    with pytest.raises(Forbidden) as caught:
        appointment.confirm(made, known.id)
    assert caught.value.code == "proofing_too_low"
    db.session.rollback()
    # As a handler they may, and the mandate carries no more than what is known of them.
    assert appointed(enterprise, wangfang, known, HANDLER).level == 2


def test_there_are_five_administrators_at_most(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    for number in range(5):
        appointment.appoint(wangfang.id, enterprise, person(f"管理员{number}"), ADMINISTRATOR)
    with pytest.raises(Conflict) as caught:
        appointment.appoint(wangfang.id, enterprise, person("第六"), ADMINISTRATOR)
    assert caught.value.code == "role_full"


def at_once(app: Flask, *doings: Callable[[], object]) -> list[str]:
    """Do all of them at the same moment, each in a process's own transaction; return how each ended."""
    barrier = Barrier(len(doings))

    def one(doing: Callable[[], object]) -> str:
        with app.app_context():
            barrier.wait()
            try:
                doing()
                commit()
            except IdpError as error:
                db.session.rollback()
                return error.code
            return "done"

    with ThreadPoolExecutor(len(doings)) as pool:
        return sorted(pool.map(one, doings))


def test_of_two_sixth_administrators_at_once_neither_and_of_two_fifth_one(
    context: Flask, wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    for number in range(4):
        appointment.appoint(wangfang.id, enterprise, person(f"管理员{number}"), ADMINISTRATOR)
    commit()
    invited = [person("甲").id, person("乙").id]

    def invite(holder_id: UUID) -> Callable[[], object]:
        return lambda: appointment.appoint(
            wangfang.id, accounts.get(enterprise.id), accounts.get(holder_id), ADMINISTRATOR
        )

    assert at_once(context, *(invite(one) for one in invited)) == ["done", "role_full"]


def test_a_confirmation_and_a_revocation_at_once_leave_one_truth(
    context: Flask, wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    zhaoqiang = person("赵强")
    made = appointment.appoint(wangfang.id, enterprise, zhaoqiang, HANDLER)
    commit()

    ended = at_once(
        context,
        lambda: appointment.confirm(mandate.get(made.id), zhaoqiang.id),
        lambda: appointment.revoke(mandate.get(made.id), wangfang.id),
    )
    db.session.expire_all()
    assert "done" in ended
    # Revoked in any case: after the confirmation or instead of it.
    assert mandate.get(made.id).status == ENDED
    assert isinstance(may(zhaoqiang, mandate.get(made.id)), Refusal)


def test_the_same_person_is_invited_once(wangfang: Account, enterprise: Account, person: MakePerson) -> None:
    zhaoqiang = person("赵强")
    appointment.appoint(wangfang.id, enterprise, zhaoqiang, HANDLER)
    with pytest.raises(Conflict) as caught:
        appointment.appoint(wangfang.id, enterprise, zhaoqiang, Terms("handler"))
    assert caught.value.code == "mandate_exists"


def test_nobody_is_appointed_twice_over_or_for_themselves(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    other = make_enterprise("另一家公司", person("李总"))
    for holder, code in ((other, "holder_kind_wrong"), (enterprise, "holder_is_principal")):
        with pytest.raises(InvalidInput) as caught:
            appointment.appoint(wangfang.id, enterprise, holder, HANDLER)
        assert caught.value.code == code


def test_when_the_last_administrator_leaves_all_falls_back_to_the_representative(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    administrator = person("管理员")
    made = appointed(enterprise, wangfang, administrator, ADMINISTRATOR)
    handler = appointed(enterprise, administrator, person("赵强"), HANDLER)
    assert managing.managers_of(enterprise.id) == [administrator.id]
    appointment.revoke(made, administrator.id)
    commit()
    assert managing.managers_of(enterprise.id) == [wangfang.id]
    assert handler.status == ACTIVE
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.account_id == wangfang.id))
    assert "last_administrator_left" in {row.payload.get("name") for row in told}
    appointment.revoke(handler, wangfang.id)
    assert handler.status == ENDED


def test_a_single_use_holds_a_day_and_once(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    zhaoqiang = person("赵强")
    made = appointed(enterprise, wangfang, zhaoqiang, Terms("handler", ("tax",), single_use=True))
    assert made.expires_at is not None
    assert made.expires_at - clock.now() <= timedelta(hours=24)
    assert choosing.use(made.id)
    assert not choosing.use(made.id)
    commit()
    assert may(zhaoqiang, made) == Refusal(Reason.USED)
    again = choosing.check(zhaoqiang.id, made.id, (), (), clock.now(), continuing=True)
    assert isinstance(again, Permit)


def test_of_two_uses_at_once_one_counts(
    context: Flask, wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    made = appointed(enterprise, wangfang, person("赵强"), Terms("handler", ("tax",), single_use=True))
    used: list[bool] = []
    at_once(context, *(lambda: used.append(choosing.use(made.id)) for _ in range(2)))
    assert sorted(used) == [False, True]


def test_a_firm_acts_through_its_own_handlers_within_its_items(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    boss = person("代理所负责人")
    firm = make_enterprise("诚信代理事务所", boss)
    agency = appointment.appoint(wangfang.id, enterprise, firm, Terms("agency", ("tax", "social")))
    with pytest.raises(NotFound):
        appointment.confirm(agency, wangfang.id)
    appointment.confirm(agency, boss.id)
    clerk = person("代理所职员")
    with pytest.raises(InvalidInput) as caught:
        appointment.appoint(boss.id, firm, clerk, Terms("handler", ("estate",)), agency)
    assert caught.value.code == "items_not_held"
    own = appointment.appoint(boss.id, firm, clerk, Terms("handler", ("tax",)), agency)
    appointment.confirm(own, clerk.id)
    commit()
    (choice,) = choosing.choices(clerk.id, {"agency"}, (), clock.now())
    assert (choice.principal_id, choice.through_id) == (enterprise.id, firm.id)
    assert (choice.role, choice.items, choice.level) == ("agency", ("tax",), 3)
    assert choice.is_limited
    (representative,) = choosing.choices(wangfang.id, {"representative"}, ("tax",), clock.now())
    assert (representative.items, representative.is_limited) == (("tax",), False)
    assert choosing.choices(clerk.id, {"handler"}, (), clock.now()) == []
    # What the enterprise takes from the firm is taken from its handlers, in the same moment.
    appointment.revoke(agency, wangfang.id)
    commit()
    assert (own.status, own.end_reason) == (ENDED, ending.PARENT_ENDED)
    assert ended_messages() == {str(agency.id), str(own.id)}


def test_nobody_hands_on_what_was_handed_on(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    boss, other_boss = person("甲所"), person("乙所")
    firm, other = make_enterprise("甲代理所", boss), make_enterprise("乙代理所", other_boss)
    agency = appointment.appoint(wangfang.id, enterprise, firm, Terms("agency", ("tax",)))
    appointment.confirm(agency, boss.id)
    # A firm to a firm, a stranger's parent, a handler of the enterprise as parent.
    handler = appointed(enterprise, wangfang, person("赵强"), HANDLER)
    for by, principal, holder, wished, parent in (
        (boss, firm, other, Terms("agency", ("tax",)), agency),
        (other_boss, other, person("丙"), Terms("handler", ("tax",)), agency),
        (boss, firm, person("丁"), HANDLER, handler),
    ):
        with pytest.raises(NotFound):
            appointment.appoint(by.id, principal, holder, wished, parent)


def test_rows_in_a_circle_or_without_an_end_are_refused(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    zhaoqiang = person("赵强")
    made = appointed(enterprise, wangfang, zhaoqiang, HANDLER)
    made.parent_id = made.id
    commit()
    assert may(zhaoqiang, made) == Refusal(Reason.CHAIN_CYCLIC)
    made.parent_id = UUID(int=1)
    commit()
    assert may(zhaoqiang, made) == Refusal(Reason.UNKNOWN)
    assert choosing.choices(zhaoqiang.id, {"handler"}, (), clock.now()) == []


def test_a_new_representative_voids_the_whole_tree(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    administrator, zhaoqiang, successor = person("管理员"), person("赵强"), person("新法人")
    made = [
        appointed(enterprise, wangfang, administrator, ADMINISTRATOR),
        appointed(enterprise, administrator, zhaoqiang, HANDLER),
        *mandate.with_role(enterprise.id, ("representative",)),
    ]
    assert representation.install(enterprise, wangfang) == made[2]
    installed = representation.install(enterprise, successor)
    commit()
    assert {one.end_reason for one in made} == {ending.NEW_REPRESENTATIVE}
    assert ended_messages() == {str(one.id) for one in made}
    assert managing.managers_of(enterprise.id) == [successor.id]
    assert managing.manages(wangfang.id, enterprise.id) is None
    assert installed.expires_at is None


def test_a_dissolved_enterprise_and_a_death_end_both_sides(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    zhaoqiang = person("赵强")
    made = appointed(enterprise, wangfang, zhaoqiang, HANDLER)
    assert ending.void_for(zhaoqiang.id, "some_other_reason") == 0
    assert ending.void_for(zhaoqiang.id, ending.DECEASED) == 1
    assert made.end_reason == ending.DECEASED
    assert ending.void_for(enterprise.id, ending.DISSOLVED) == 1
    assert ending.void_for(enterprise.id, ending.DISSOLVED) == 0


def test_a_locked_account_neither_acts_nor_is_acted_for(
    wangfang: Account, enterprise: Account, person: MakePerson
) -> None:
    zhaoqiang = person("赵强")
    made = appointed(enterprise, wangfang, zhaoqiang, HANDLER)
    enterprise.status = accounts.FROZEN
    commit()
    assert may(zhaoqiang, made) == Refusal(Reason.PRINCIPAL_LOCKED)
    with pytest.raises(Forbidden):
        appointment.appoint(wangfang.id, enterprise, person("甲"), HANDLER)
    enterprise.status, zhaoqiang.status = accounts.ACTIVE, accounts.FROZEN
    commit()
    assert may(zhaoqiang, made) == Refusal(Reason.HOLDER_LOCKED)


def test_every_role_can_be_chosen_somewhere() -> None:
    assert frozenset().union(*rules.ACTING_AS.values()) == frozenset(rules.ROLES)
    assert choosing.roles_for(("self", "enterprise")) == rules.ACTING_AS["enterprise"]
    assert choosing.roles_for(()) == frozenset()
    assert decision.PROPOSED != decision.ACTIVE
