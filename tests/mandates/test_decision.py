"""Every rule of acting for another, one line each, and what holds for any facts at all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.mandates import age, decision, rules_file
from idp.mandates.decision import ACTIVE, ENDED, PROPOSED, Facts, Link, Permit, Reason, Refusal

RULES = rules_file.get()
NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)
PERSON, ENTERPRISE, FIRM, THIRD = (UUID(int=number) for number in range(1, 5))
OWN = Link(
    id=UUID(int=11),
    principal_id=ENTERPRISE,
    holder_id=PERSON,
    role="handler",
    items=frozenset({"a", "b"}),
    level=2,
    status=ACTIVE,
    starts_at=NOW - timedelta(days=1),
    expires_at=NOW + timedelta(days=1),
)
ALL = replace(OWN, items=frozenset())
AGENCY = replace(OWN, id=UUID(int=12), holder_id=FIRM, role="agency", items=frozenset({"a", "c"}), level=3)
AT_FIRM = replace(OWN, id=UUID(int=13), principal_id=FIRM, items=frozenset({"a"}))
CHILD = replace(ALL, role="guardian", principal_id=THIRD, level=3, expires_at=None)


def facts(*chain: Link, **values: object) -> Facts:
    return replace(Facts(person_id=PERSON, chain=chain, rules=RULES), **values)  # type: ignore[arg-type]


def child(years: int, *, items: frozenset[str] = frozenset(), asked: frozenset[str] = frozenset()) -> Facts:
    birthdate = date(NOW.year - years, 7, 1)
    return facts(replace(CHILD, items=items), principal_birthdate=birthdate, items=asked)


def one(*codes: str) -> frozenset[str]:
    return frozenset(codes)


@pytest.mark.parametrize(
    ("given_facts", "expected"),
    [
        # A handler 经办人: named items or all.
        (facts(OWN), Permit(one("a", "b"), 2, "handler")),
        (facts(OWN, items=one("b", "z")), Permit(one("b"), 2, "handler")),
        (facts(OWN, items=one("z")), Refusal(Reason.ITEM_NOT_COVERED)),
        (facts(ALL), Permit(one(), 2, "handler")),
        (facts(ALL, items=one("z")), Permit(one("z"), 2, "handler")),
        (facts(OWN, roles=one("handler", "relative")), Permit(one("a", "b"), 2, "handler")),
        (facts(OWN, roles=one("representative")), Refusal(Reason.ROLE_NOT_ACCEPTED)),
        # Representative 法定代表人 and administrator 管理员: everything, at their own level.
        (
            facts(replace(ALL, role="representative", level=3, expires_at=None)),
            Permit(one(), 3, "representative"),
        ),
        (facts(replace(ALL, role="administrator", level=3)), Permit(one(), 3, "administrator")),
        # Its beginning and its ends.
        (facts(replace(OWN, status=PROPOSED)), Refusal(Reason.NOT_CONFIRMED)),
        (facts(replace(OWN, status=ENDED)), Refusal(Reason.ENDED)),
        (facts(replace(OWN, starts_at=NOW)), Permit(one("a", "b"), 2, "handler")),
        (facts(replace(OWN, starts_at=NOW + timedelta(seconds=1))), Refusal(Reason.NOT_BEGUN)),
        (facts(replace(OWN, expires_at=NOW)), Refusal(Reason.EXPIRED)),
        (
            facts(replace(OWN, expires_at=NOW + timedelta(microseconds=1))),
            Permit(one("a", "b"), 2, "handler"),
        ),
        (facts(replace(OWN, single_use=True)), Permit(one("a", "b"), 2, "handler")),
        (facts(replace(OWN, single_use=True, used=True)), Refusal(Reason.USED)),
        (
            facts(replace(OWN, single_use=True, used=True), continuing=True),
            Permit(one("a", "b"), 2, "handler"),
        ),
        # Who.
        (facts(), Refusal(Reason.UNKNOWN)),
        (facts(replace(OWN, holder_id=THIRD)), Refusal(Reason.NOT_YOURS)),
        (facts(OWN, locked=frozenset({ENTERPRISE})), Refusal(Reason.PRINCIPAL_LOCKED)),
        (facts(OWN, locked=frozenset({PERSON})), Refusal(Reason.HOLDER_LOCKED)),
        (facts(AGENCY, AT_FIRM, locked=frozenset({FIRM})), Refusal(Reason.HOLDER_LOCKED)),
        # An agency firm: chain of two, the items of both, the higher level.
        (facts(AGENCY, AT_FIRM), Permit(one("a"), 3, "agency")),
        (facts(AGENCY, replace(AT_FIRM, items=frozenset())), Permit(one("a", "c"), 3, "agency")),
        (facts(AGENCY, AT_FIRM, items=one("c")), Refusal(Reason.ITEM_NOT_COVERED)),
        (facts(AGENCY, replace(AT_FIRM, items=one("b"))), Refusal(Reason.ITEM_NOT_COVERED)),
        (facts(replace(AGENCY, status=ENDED), AT_FIRM), Refusal(Reason.ENDED)),
        (facts(replace(AGENCY, expires_at=NOW), AT_FIRM), Refusal(Reason.EXPIRED)),
        (facts(AGENCY), Refusal(Reason.NOT_YOURS)),
        # No sub-delegation, no longer chain, no circle.
        (facts(replace(OWN, holder_id=FIRM), AT_FIRM), Refusal(Reason.CHAIN_BROKEN)),
        (facts(AGENCY, replace(AT_FIRM, role="agency")), Refusal(Reason.CHAIN_BROKEN)),
        (facts(AGENCY, replace(AT_FIRM, principal_id=THIRD)), Refusal(Reason.CHAIN_BROKEN)),
        (
            facts(
                AGENCY, replace(AT_FIRM, role="agency", holder_id=THIRD), replace(AT_FIRM, principal_id=THIRD)
            ),
            Refusal(Reason.CHAIN_TOO_LONG),
        ),
        (facts(replace(OWN, principal_id=PERSON)), Refusal(Reason.CHAIN_CYCLIC)),
        (facts(AGENCY, replace(AT_FIRM, holder_id=ENTERPRISE)), Refusal(Reason.CHAIN_CYCLIC)),
        # Never for another: proofing, authenticators, phone, consent to a face.
        *(
            (facts(ALL, items=one("a", act)), Refusal(Reason.PERSONAL_ACT))
            for act in ("proofing", "authenticators", "phone", "face")
        ),
        (facts(replace(OWN, items=one("a", "phone"))), Refusal(Reason.PERSONAL_ACT)),
        # A child: sole actor below 8, own account from 8, own consent from 14, by item from 16, of age at 18.
        (child(7), Permit(one(), 3, "guardian")),
        (child(8), Permit(one(), 3, "guardian")),
        (child(13), Permit(one(), 3, "guardian")),
        (child(14), Permit(one(), 3, "guardian", may_consent=False)),
        (child(15), Permit(one(), 3, "guardian", may_consent=False)),
        (child(16), Refusal(Reason.AGE_NEEDS_ITEMS)),
        (child(16, items=one("school")), Permit(one("school"), 3, "guardian", may_consent=False)),
        (
            child(17, items=one("school"), asked=one("school", "x")),
            Permit(one("school"), 3, "guardian", False),
        ),
        (child(17, items=one("school"), asked=one("x")), Refusal(Reason.ITEM_NOT_COVERED)),
        (child(18, items=one("school")), Refusal(Reason.AGE)),
        (child(40), Refusal(Reason.AGE)),
        (facts(CHILD), Refusal(Reason.AGE_UNKNOWN)),
        # An adult ward and a relative have no age.
        (facts(replace(CHILD, role="ward_guardian")), Permit(one(), 3, "ward_guardian")),
        (facts(replace(ALL, role="relative", principal_id=THIRD)), Permit(one(), 2, "relative")),
    ],
)
def test_every_rule(given_facts: Facts, expected: Permit | Refusal) -> None:
    assert decision.decide(given_facts, NOW) == expected


@pytest.mark.parametrize("years", [8, 14, 16, 18])
def test_on_the_birthday_it_changes_at_midnight_in_shanghai(years: int) -> None:
    birthdate = date(2008, 11, 22)
    moment = age.reached(birthdate, years)
    begun = replace(CHILD, starts_at=datetime(2010, 1, 1, tzinfo=UTC))
    about = facts(begun, principal_birthdate=birthdate)
    before = decision.decide(about, moment - timedelta(microseconds=1))
    after = decision.decide(about, moment)
    expected = {
        8: (Permit(one(), 3, "guardian"), Permit(one(), 3, "guardian")),
        14: (Permit(one(), 3, "guardian"), Permit(one(), 3, "guardian", may_consent=False)),
        16: (Permit(one(), 3, "guardian", may_consent=False), Refusal(Reason.AGE_NEEDS_ITEMS)),
        18: (Refusal(Reason.AGE_NEEDS_ITEMS), Refusal(Reason.AGE)),
    }
    assert (before, after) == expected[years]


ids = st.sampled_from([PERSON, ENTERPRISE, FIRM, THIRD])
codes = st.frozensets(st.sampled_from(["a", "b", "c", "phone"]), max_size=3)
moments = st.sampled_from([NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)])
links = st.builds(
    Link,
    id=st.uuids(),
    principal_id=ids,
    holder_id=ids,
    role=st.sampled_from(sorted(RULES.roles)),
    items=codes,
    level=st.integers(0, 4),
    status=st.sampled_from([PROPOSED, ACTIVE, ENDED]),
    starts_at=moments,
    expires_at=st.none() | moments,
    single_use=st.booleans(),
    used=st.booleans(),
)
chains = st.lists(links, max_size=4).map(tuple) | st.just((AGENCY, AT_FIRM)) | st.tuples(links)
any_facts = st.builds(
    Facts,
    person_id=st.just(PERSON),
    chain=chains,
    rules=st.just(RULES),
    items=codes,
    roles=st.frozensets(st.sampled_from(sorted(RULES.roles)), max_size=2),
    locked=st.frozensets(ids, max_size=1),
    principal_birthdate=st.none() | st.dates(date(1990, 1, 1), date(2026, 1, 1)),
    continuing=st.booleans(),
)


@given(any_facts)
def test_a_permit_is_never_wider_than_any_link_or_question(about: Facts) -> None:
    answer = decision.decide(about, NOW)
    if isinstance(answer, Refusal):
        return
    assert 1 <= len(about.chain) <= 2
    assert about.chain[-1].holder_id == PERSON != about.chain[0].principal_id
    assert answer.level == max(link.level for link in about.chain)
    for limit in [about.items, *(link.items for link in about.chain)]:
        if limit:
            assert answer.items
            assert answer.items <= limit
    assert not answer.items & RULES.personal_acts
    for link in about.chain:
        assert link.status == ACTIVE
        assert link.starts_at <= NOW
        assert link.expires_at is None or link.expires_at > NOW


@given(any_facts, codes)
def test_asking_for_more_never_gives_what_asking_for_less_refused_for_another_reason(
    about: Facts, more: frozenset[str]
) -> None:
    less = decision.decide(replace(about, items=frozenset()), NOW)
    asked = decision.decide(replace(about, items=more), NOW)
    if isinstance(less, Refusal) and less.reason is not Reason.ITEM_NOT_COVERED:
        assert isinstance(asked, Refusal)
