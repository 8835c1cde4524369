"""The policy of an authority: tried first, only tightened, never over somebody else's change."""

import json
from typing import Any

import pytest
from sqlalchemy import update

from idp.audit.event import EventName
from idp.db import commit, db
from idp.federation import hosted_entity, policy_trial, resolution
from idp.federation.hosted_entity import HostedEntity
from idp.federation.trust_chain import ChainRefused
from idp.operators import record
from idp.operators.rights import Role
from tests.console.authorities import RP, Branch, at, plant
from tests.console.conftest import CITY, COUNTY, PROVINCE, MakeOfficial, Official, post_directly, with_a_form
from tests.provider import Provider

SECURITY = Role.SECURITY_ADMINISTRATOR
NARROW = {RP: {"scope": {"subset_of": ["openid", "profile"]}}}
REFUSING = {RP: {"contacts": {"essential": True}}}


def editing(official: MakeOfficial, branch: Branch, place: str = CITY) -> Official:
    by = official(SECURITY, at=place)
    by.browser.go(at("/policy", entity=branch.city))
    return by


def held(provider: Provider, entity: str) -> Any:
    with provider.context():
        return hosted_entity.get(entity).metadata_policy


def test_it_is_tried_then_in_force_at_once(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    with either.context():
        assert resolution.resolve(branch.site).metadata[RP]["scope"] == "openid profile phone"
    by = editing(official, branch)
    by.browser.send("try", values={"metadata_policy": json.dumps(NARROW)})
    page = by.browser.response.get_data(as_text=True)
    assert 'data-refused="0" data-changed="1" data-same="0"' in page
    assert "<del><code>openid profile phone</code></del>" in page
    assert held(either, branch.city) is None
    by.browser.send("save", values={"metadata_policy": json.dumps(NARROW)})
    assert held(either, branch.city) == NARROW
    with either.context():
        assert resolution.resolve(branch.site).metadata[RP]["scope"] == "openid profile"
        found = [one for one in record.in_division(CITY) if one.name == EventName.FEDERATION_ENTITY_UPDATED]
        mine = next(one for one in found if one.data["entity"] == branch.city)
    assert mine.actor == f"official:{by.id}"


def test_who_would_be_refused_is_named_and_must_be_confirmed(
    either: Provider, official: MakeOfficial
) -> None:
    branch = plant(either)
    by = editing(official, branch)
    by.browser.send("try", values={"metadata_policy": json.dumps(REFUSING)})
    page = by.browser.response.get_data(as_text=True)
    assert f'data-refused-site="{branch.site}"' in page
    assert "contacts" in page
    assert "essential" in page
    written = {"metadata_policy": json.dumps(REFUSING)}
    by.browser.send("save", values=written)
    assert by.browser.response.status_code == 400
    assert 'href="#understood"' in by.browser.response.get_data(as_text=True)
    assert held(either, branch.city) is None
    by.browser.send("save", values={"understood": "yes"} | written)
    assert held(either, branch.city) == REFUSING
    with either.context(), pytest.raises(ChainRefused) as refused:
        resolution.resolve(branch.site)
    assert (refused.value.operator, refused.value.parameter) == ("essential", "contacts")


def test_limits_are_tried_too(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    by = editing(official, branch)
    by.browser.send("try", values={"constraints": '{"max_path_length": 0}'})
    assert 'data-refused="1"' in by.browser.response.get_data(as_text=True)


def test_a_policy_may_only_tighten_what_stands_above(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    with either.context():
        rules = {RP: {"token_endpoint_auth_method": {"value": "private_key_jwt"}}}
        hosted_entity.update(branch.province, metadata_policy=rules)
        commit()
    by = editing(official, branch)
    loose = {RP: {"token_endpoint_auth_method": {"value": "none"}}}
    by.browser.send("try", values={"metadata_policy": json.dumps(loose)})
    assert by.browser.response.status_code == 400
    assert "contradicts the policy of a superior" in by.browser.response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("metadata_policy", "nonsense"),
        ("metadata_policy", "[]"),
        ("metadata_policy", '"x"'),
        ("metadata_policy", '{"a": 1}'),
        ("metadata_policy", '{"a": {"b": {"one_of": "x"}}}'),
        ("metadata_policy", '{"a": {"b": {"value": 1, "one_of": [2]}}}'),
        ("metadata_policy", '{"a": {"b": {"subsetof": ["c"]}}}'),
        ("metadata_policy", '{"a": {"b": {"value": 1, "Essential": true}}}'),
        ("metadata_policy", '{"a": {}, "a": {}}'),
        ("metadata_policy", "[" * 5_000),
        ("metadata_policy", '{"a": NaN}'),
        ("metadata_policy", '{"a": {"b": {"value": "\\ud800"}}}'),
        ("constraints", '{"allowed_entity_types": ["\\ud800"]}'),
        ("constraints", '{"max_path_length": -1}'),
        ("constraints", '{"naming_constraints": {"permitted": ["*.x"]}}'),
        ("constraints", '{"allowed_entity_types": 7}'),
        ("constraints", "{"),
    ],
)
def test_what_is_no_policy_is_refused_beside_its_field(
    either: Provider, official: MakeOfficial, field: str, written: str
) -> None:
    branch = plant(either)
    by = editing(official, branch)
    by.browser.send("try", values={field: written})
    page = by.browser.response.get_data(as_text=True)
    assert by.browser.response.status_code == 400
    assert f'href="#{field}"' in page
    assert held(either, branch.city) is None


def test_nobody_writes_over_what_another_has_just_changed(either: Provider, official: MakeOfficial) -> None:
    branch = plant(either)
    first, second = editing(official, branch), editing(official, branch, PROVINCE)
    for one, policy in ((first, NARROW), (second, {RP: {"scope": {"subset_of": ["openid"]}}})):
        one.browser.send("try", values={"metadata_policy": json.dumps(policy)})
    first.browser.send("save", values={"metadata_policy": json.dumps(NARROW)})
    second.browser.send(
        "save", values={"metadata_policy": json.dumps({RP: {"scope": {"subset_of": ["openid"]}}})}
    )
    assert second.browser.response.status_code == 409
    assert held(either, branch.city) == NARROW


def test_nor_over_what_another_changes_during_the_trial(
    either: Provider, official: MakeOfficial, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = plant(either)
    by = editing(official, branch)
    by.browser.send("try", values={"metadata_policy": json.dumps(NARROW)})
    tried = policy_trial.run

    def run(entity_id: str, *rules: Any) -> policy_trial.Trial:
        trial = tried(entity_id, *rules)
        # As if another process had: this one's objects know nothing of it.
        changed = update(HostedEntity).where(HostedEntity.entity_id == entity_id)
        db.session.execute(
            changed.values(metadata_policy=REFUSING), execution_options={"synchronize_session": False}
        )
        commit()
        return trial

    monkeypatch.setattr(policy_trial, "run", run)
    by.browser.send("save", values={"metadata_policy": json.dumps(NARROW)})
    assert by.browser.response.status_code == 409
    assert held(either, branch.city) == REFUSING


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [
        (SECURITY, COUNTY, 404),
        (SECURITY, "320000", 404),
        (Role.SYSTEM_ADMINISTRATOR, CITY, 403),
        (Role.SUPERVISOR, CITY, 403),
        (Role.AUDIT_ADMINISTRATOR, PROVINCE, 403),
    ],
)
def test_only_security_administrators_of_the_division(
    either: Provider, official: MakeOfficial, role: Role, place: str, status: int
) -> None:
    branch = plant(either)
    by = official(role, at=place)
    by.browser.open(at("/policy", entity=branch.city))
    assert by.browser.response.status_code == status
    values = {"metadata_policy": json.dumps(NARROW), "step": "save"}
    assert post_directly(with_a_form(by.browser), at("/policy", entity=branch.city), **values) == status
    assert held(either, branch.city) is None
