"""Answers, validated against the rules of the specification (tests/claims/verified_claims.schema.json)."""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError

from idp import claims, clock
from idp.accounts import account as accounts
from idp.accounts import identity
from idp.claims import release, request, verified_claims
from idp.claims.about import About, oneself
from idp.claims.request import InvalidClaimsRequest
from idp.db import db
from idp.mandates import rules
from idp.mandates.mandate import Mandate
from idp.proofing import evidence
from tests.claims import example, proven, schema
from tests.provider import NewProvider, Provider, counted
from tests.site import answered, decoded

TRUST = verified_claims.TRUST_FRAMEWORK
ALL_EVIDENCE = [
    {
        "type": {"value": "electronic_record"},
        "check_details": [{"check_method": None, "time": None}],
        "record": {"type": None, "date_of_expiry": None},
    },
    {
        "type": {"value": "document"},
        "check_details": [{"check_method": None}],
        "document_details": {"type": None},
    },
    {"type": {"value": "vouch"}, "attestation": {"type": None}},
]


@pytest.fixture(autouse=True)
def context(provider: Provider) -> Iterator[None]:
    with provider.context():
        yield


@pytest.fixture
def about(provider: Provider) -> About:
    return oneself(proven.citizen(provider, name="王芳"))


def asked(about: About, verified: Any, items: Any = None) -> Any:
    """Ask as a relying party does, and hold the answer against the schema."""
    parsed = request.parse(json.dumps({"userinfo": {"verified_claims": verified}}))
    answer = release.for_userinfo(
        about, ["openid"], parsed.userinfo, list(claims.ITEMS) if items is None else items
    )
    schema.check(answer)
    in_token = release.for_id_token(about, parsed.userinfo, list(claims.ITEMS) if items is None else items)
    assert in_token == answer
    return answer.get("verified_claims")


def element(verification: dict[str, Any] | None = None, **wanted: Any) -> dict[str, Any]:
    return {"verification": {"trust_framework": None} | (verification or {}), "claims": wanted}


def test_nothing_is_answered_that_was_not_asked_for(about: About) -> None:
    """§5.2: the RP explicitly requests any data."""
    assert asked(about, element(real_name=None)) == {
        "verification": {"trust_framework": TRUST},
        "claims": {"real_name": "王芳"},
    }


def test_everything_that_is_asked_for(about: About) -> None:
    wanted = element(
        {"assurance_level": None, "time": None, "evidence": ALL_EVIDENCE},
        birthdate=None,
        gender=None,
        age_over_18=None,
        age_band=None,
    )
    answer = asked(about, wanted)
    assert answer["claims"] == {
        "birthdate": "1990-01-02",
        "gender": "female",
        "age_over_18": True,
        "age_band": "18-59",
    }
    assert answer["verification"]["assurance_level"] == "P3"
    records = {one["record"]["type"] for one in answer["verification"]["evidence"]}
    assert records == {"population_register", "urn:tongxing:record:mobile_operator", "bank_account"}


@pytest.mark.parametrize(
    "demand",
    [
        {"trust_framework": {"value": "eidas"}},
        {"trust_framework": {"values": ["eidas", "de_aml"]}},
        {"assurance_level": {"value": "P4"}},
        {"time": {"max_age": 0}},
        {"evidence": [{"type": {"value": "vouch"}}]},
        {"evidence": [{"type": {"value": "electronic_record"}, "record": {"type": {"value": "tax"}}}]},
        {
            "evidence": [
                {"type": {"value": "document"}, "document_details": {"type": {"values": ["passport"]}}}
            ]
        },
        {"assurance_process": {"policy": {"value": "x"}}},
    ],
)
def test_an_element_whose_demand_on_verification_is_not_met_is_left_out(
    about: About, demand: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """§5.7.3: the whole element, and no error."""
    later = clock.now() + dt.timedelta(seconds=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert asked(about, element(demand, real_name=None)) is None


def test_demands_that_are_met_change_nothing(about: About) -> None:
    demand = {
        "trust_framework": {"values": ["eidas", TRUST]},
        "assurance_level": {"values": ["P3", "P4"]},
        "time": {"max_age": 3600},
        "evidence": [{"type": {"value": "electronic_record"}, "record": {"type": {"value": "bank_account"}}}],
    }
    answer = asked(about, element(demand, real_name=None))
    assert answer["verification"]["evidence"] == [
        {"type": "electronic_record", "record": {"type": "bank_account"}}
    ]


def test_a_claim_whose_demand_is_not_met_is_left_out_alone(about: About) -> None:
    wanted = element(None, real_name={"value": "李娜"}, gender={"values": ["female"]})
    assert asked(about, wanted)["claims"] == {"gender": "female"}
    assert asked(about, element(None, real_name={"value": "李娜"})) is None


def test_elements_are_answered_each_for_itself(about: About) -> None:
    """§5.4."""
    wanted = [
        element({"trust_framework": {"value": "eidas"}}, real_name=None),
        element(None, gender=None),
        element({"assurance_level": None}, real_name=None),
    ]
    answer = asked(about, wanted)
    assert [one["claims"] for one in answer] == [{"gender": "female"}, {"real_name": "王芳"}]


def test_verification_alone_is_answered_with_no_claim(about: About) -> None:
    assert asked(about, element({"assurance_level": None})) == {
        "verification": {"trust_framework": TRUST, "assurance_level": "P3"},
        "claims": {},
    }


def test_what_was_not_allowed_is_not_in_the_answer(about: About) -> None:
    wanted = element({"assurance_level": None}, real_name=None, identity_number=None)
    assert asked(about, wanted, ["real_name"])["claims"] == {"real_name": "王芳"}
    assert asked(about, wanted, []) is None


def test_how_it_was_proven_needs_an_agreement_of_its_own(about: About) -> None:
    wanted = element({"evidence": ALL_EVIDENCE}, real_name=None)
    assert "evidence" not in json.dumps(asked(about, element(None, real_name=None), ["real_name"]))
    assert asked(about, wanted, ["real_name"]) is None
    assert asked(about, wanted, ["real_name", "evidence"]) is not None
    lenient = element({"evidence": None}, real_name=None)
    assert asked(about, lenient, ["real_name"])["verification"] == {"trust_framework": TRUST}


def test_claims_that_proofing_does_not_verify_are_never_verified(about: About) -> None:
    assert asked(about, element(None, phone_number=None, locale=None, sub=None, email=None)) is None


def test_nothing_is_verified_below_p2(provider: Provider) -> None:
    unproven = oneself(accounts.get(provider.person(birthdate="1990-01-02").id))
    assert asked(unproven, element(None, name=None, birthdate=None)) is None


def test_evidence_that_ends_takes_the_answer_with_it(about: About) -> None:
    assert asked(about, element(None, real_name=None)) is not None
    evidence.revoke(about.account, proven.ROUTE_TO_P3, "deceased")
    assert asked(about, element(None, real_name=None)) is None


def test_a_birthday_that_no_number_says_is_not_verified(provider: Provider) -> None:
    account = accounts.get(provider.person(birthdate="1990-01-02", gender="female").id)
    identity.bind(account, identity.parse("network_id", f"pseudonym{account.id}"))
    evidence.add(account, "network_id", source="network-id")
    wanted = element({"evidence": ALL_EVIDENCE}, birthdate=None, identity_number=None, age_over_18=None)
    assert asked(oneself(account), wanted) is None
    plain: dict[str, dict[str, Any]] = {"age_over_18": {}, "age_band": {}}
    assert release.for_userinfo(oneself(account), ["openid"], plain, list(claims.ITEMS)) == {}


def test_a_name_that_a_network_number_does_not_say_is_not_verified(provider: Provider) -> None:
    # Whoever signs up types any name; the network certificate is real, and tells none.
    account = accounts.get(provider.person(name="张伟").id)
    identity.bind(account, identity.parse("network_id", f"pseudonym{account.id}"))
    evidence.add(account, "network_id", source="network-id")
    accounts.set_residence(account, "330106")
    answer = asked(
        oneself(account),
        element({"evidence": ALL_EVIDENCE}, real_name=None, name=None, residence_division=None),
    )
    assert answer["claims"].keys() == {"residence_division"}
    assert answer["verification"]["evidence"][0]["record"]["type"] == "urn:tongxing:record:network_id"


@pytest.mark.parametrize("code", ["chip", "point", "counter"])
def test_documents_are_named_by_what_the_person_showed(provider: Provider, code: str) -> None:
    account = accounts.get(provider.person().id)
    identity.bind(account, identity.parse("passport", f"E{account.id.int % 10**8:08}", "CHN"))
    evidence.add(account, code, source=f"official:{uuid4()}", case_id=uuid4())
    wanted = element(
        {
            "verification_process": None,
            "evidence": [
                {
                    "type": {"value": "document"},
                    "document_details": {"type": None},
                    "check_details": [{"check_method": None, "organization": None, "check_id": None}],
                }
            ],
        }
    )
    [found] = asked(oneself(account), wanted)["verification"]["evidence"]
    assert found["document_details"] == {"type": "passport"}
    assert all("organization" not in one for one in found["check_details"])
    assert all(one["check_id"] for one in found["check_details"])


def test_who_checked_costs_a_query_only_when_asked_for(provider: Provider, about: About) -> None:
    db.session.commit()
    provider.settle()
    plain = element({"evidence": ALL_EVIDENCE}, real_name=None)
    asked(about, plain)  # the level policy is remembered
    named = element(
        {"evidence": [{"type": {"value": "electronic_record"}, "check_details": [{"organization": None}]}]}
    )
    _ = about.account.standing
    with counted(provider.app) as counts:
        asked(about, plain)
    assert counts.statements == []
    assert {
        one["check_details"][0]["organization"] for one in asked(about, named)["verification"]["evidence"]
    } == set(proven.ROUTE_TO_P3)


# ---------------------------------------------------------------------------------------------- authority


def handler(company: accounts.Account, person: accounts.Account, **facts: Any) -> Mandate:
    now = clock.now()
    values: dict[str, Any] = {
        "role": rules.HANDLER,
        "items": ["330106-ZM-001", "330106-ZM-002"],
        "level": 2,
        "status": "active",
        "starts_at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        "expires_at": dt.datetime(2026, 3, 30, 16, tzinfo=dt.UTC),
        "single_use": False,
        "rules_version": 1,
        "proposed_by": person.id,
    } | facts
    made = Mandate(id=uuid4(), principal_id=company.id, holder_id=person.id, created_at=now, **values)
    db.session.add(made)
    db.session.flush()
    return made


def test_a_mandate_is_given_as_authority(provider: Provider) -> None:
    code = proven.uscc()
    company, person = proven.enterprise(provider, code), proven.citizen(provider)
    about = About(company, person, handler(company, person))
    answer = asked(
        about, element({"assurance_level": None}, authority=None, enterprise_uscc=None, real_name=None)
    )
    assert answer["claims"] == {
        "enterprise_uscc": code,
        "authority": {
            "applies_to": {
                "organization_name": "杭州示例科技有限公司",
                "registration_number": [{"number": code, "issuer": "统一社会信用代码"}],
            },
            "permission": [
                {
                    "role": "handler",
                    "validity": [{"start": "2026-03-01", "end": "2026-03-31"}],
                    "function": ["330106-ZM-001", "330106-ZM-002"],
                    "may_delegate": False,
                }
            ],
            "granted_by": {"method": "delegated"},
        },
    }


def test_behind_an_agency_firm_both_organisations_are_named(provider: Provider) -> None:
    codes = [proven.uscc(), proven.uscc()]
    company, firm = (
        proven.enterprise(provider, codes[0]),
        proven.enterprise(provider, codes[1], "杭州代办有限公司"),
    )
    person = proven.citizen(provider)
    ends = dt.datetime(2026, 3, 9, 16, tzinfo=dt.UTC)
    parent = handler(company, firm, role=rules.AGENCY, items=["330106-ZM-001"], expires_at=ends)
    held = handler(firm, person, parent_id=parent.id, items=[])
    answer = asked(About(company, person, held), element(None, authority=None))
    found = answer["claims"]["authority"]
    assert found["applies_to"]["registration_number"][0]["number"] == codes[0]
    assert found["granted_by"]["granting_body"]["registration_number"][0]["number"] == codes[1]
    assert found["permission"] == [
        {
            "role": "agency",
            "validity": [{"start": "2026-03-01", "end": "2026-03-10"}],
            "may_delegate": False,
            "function": ["330106-ZM-001"],
        }
    ]


def test_a_guardian_s_authority_names_the_child_only(provider: Provider) -> None:
    child, parent = proven.citizen(provider, name="刘小宝"), proven.citizen(provider)
    held = handler(child, parent, role=rules.GUARDIAN, items=[], expires_at=None)
    found = asked(About(child, parent, held), element(None, authority=None))["claims"]["authority"]
    assert found["applies_to"] == {"name": "刘小宝"}
    assert found["permission"] == [
        {"role": "guardian", "validity": [{"start": "2026-03-01"}], "may_delegate": False}
    ]
    assert found["granted_by"] == {"method": "appointed"}


def test_who_acts_for_nobody_has_no_authority(about: About) -> None:
    assert asked(about, element(None, authority=None)) is None


# ----------------------------------------------------------------------------------- hostile, and metadata

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
named = st.sampled_from(
    [
        "verification",
        "claims",
        "trust_framework",
        "time",
        "evidence",
        "type",
        "value",
        "values",
        "max_age",
        "purpose",
        "check_details",
        "record",
        "document_details",
        "authority",
        *verified_claims.CLAIMS,
        TRUST,
    ]
)
shapes = st.recursive(
    leaves | named,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(named, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shapes)
def test_whatever_is_sent_is_refused_or_answered_by_the_rules(about: About, sent: Any) -> None:
    with suppress(InvalidClaimsRequest):
        asked(about, sent)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(named, shapes, max_size=4),
    st.dictionaries(
        st.sampled_from(verified_claims.CLAIMS),
        st.none() | st.dictionaries(st.sampled_from(["value", "values", "essential", "max_age"]), leaves),
    ),
)
def test_what_is_nearly_right_is_too(
    about: About, verification: dict[str, Any], wanted: dict[str, Any]
) -> None:
    with suppress(InvalidClaimsRequest):
        asked(about, {"verification": {"trust_framework": None} | verification, "claims": wanted})


def test_the_metadata_has_what_the_specification_demands() -> None:
    """§7."""
    found = verified_claims.metadata()
    assert found["verified_claims_supported"] is True
    assert found["trust_frameworks_supported"] == [TRUST]
    for name in (
        "claims_in_verified_claims_supported",
        "evidence_supported",
        "documents_supported",
        "electronic_records_supported",
    ):
        assert found[name]
        assert len(set(found[name])) == len(found[name])
    assert set(found["evidence_supported"]) <= {
        "document",
        "electronic_record",
        "vouch",
        "electronic_signature",
    }
    assert set(found["claims_in_verified_claims_supported"]) <= set(claims.ITEM_OF_CLAIM)


@pytest.mark.parametrize(
    "wrong",
    [
        {"claims": {"name": "x"}},
        {"verification": {}, "claims": {}},
        {"verification": {"trust_framework": TRUST, "evidence": []}, "claims": {}},
        {"verification": {"trust_framework": TRUST, "evidence": [{"type": "face"}]}, "claims": {}},
        {"verification": {"trust_framework": TRUST, "time": "yesterday"}, "claims": {}},
        {"verification": {"trust_framework": TRUST}, "claims": {"name": ""}},
        {"verification": {"trust_framework": TRUST}, "claims": {"name": None}},
        [],
    ],
)
def test_the_schema_finds_mistakes(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        schema.check({"verified_claims": wrong})


def test_the_documented_example_is_what_the_code_answers(
    new_provider: NewProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/verified-claims.md. Stale? Paste what the code makes (the left side of the comparison)."""
    with new_provider().context():
        assert example.made(monkeypatch) == example.written()


# --------------------------------------------------------------------------------- from request to answer

REGISTERED = [{"name": name} for name in ("real_name", "age_over_18", "identity_number", "evidence")]


def test_a_site_gets_verified_claims_after_the_person_agreed(either: Provider) -> None:
    site = either.site(items=REGISTERED)
    person = either.person(totp=True)
    with either.context():
        account = accounts.get(person.id)
        identity.bind(account, identity.parse("citizen_id", proven.citizen_number()), name="王芳")
        for code in proven.ROUTE_TO_P3:
            evidence.add(account, code, source=code)
        db.session.commit()
    wanted = element({"evidence": ALL_EVIDENCE}, real_name=None, identity_number=None, gender=None)
    asked_for = {
        "userinfo": {"verified_claims": wanted, "age_over_18": None},
        "id_token": {"verified_claims": wanted},
    }
    visitor = site.visitor(language="en")
    visitor.go(site.authorize_url(scope="openid", claims=asked_for))
    visitor.log_in(person)
    assert set(visitor.page.forms[-1].items) == {"real_name", "age_over_18", "identity_number", "evidence"}
    assert visitor.response.get_data(as_text=True).count("tx-tag-warning") == 1  # the number is sensitive
    visitor.send("consent-allow", values={"item": ["real_name", "age_over_18", "evidence"]})
    tokens = site.redeem(visitor.location.partition("code=")[2].partition("&")[0])
    answer = site.claims(tokens["access_token"])
    schema.check(answer)
    assert answer["age_over_18"] is True
    assert answer["verified_claims"]["claims"] == {"real_name": "王芳"}
    assert len(answer["verified_claims"]["verification"]["evidence"]) == 3
    _, in_token = decoded(tokens["id_token"])
    assert in_token["verified_claims"] == answer["verified_claims"]


@pytest.mark.parametrize(
    "verified",
    [{}, [], "x", {"verification": {"trust_framework": None}, "claims": {"姓名": {"purpose": '"\\'}}}],
)
def test_a_request_that_is_none_is_answered_invalid_request(provider: Provider, verified: Any) -> None:
    site = provider.site(items=REGISTERED)
    visitor = site.visitor()
    visitor.open(site.authorize_url(claims={"userinfo": {"verified_claims": verified}}))
    answer = answered(visitor.location)
    assert answer["error"] == "invalid_request"
    assert answer["error_description"].isascii()


def test_discovery_advertises_the_extension(provider: Provider) -> None:
    visitor = provider.site().visitor()
    document = json.loads(visitor.open("/.well-known/openid-configuration").data)
    assert document.items() >= verified_claims.metadata().items()
    assert document["claims_parameter_supported"] is True
    assert "verified_claims" in document["claims_supported"]
