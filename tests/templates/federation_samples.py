"""Believable contexts for the federation's pages: explanations for developers, the tree for officials."""

import itertools
from typing import Any

from idp.federation import drawn, explanation
from idp.federation.explanation import ExplainedChain, Explanation, Refusal, Step
from tests.templates.cast import Cast
from tests.templates.sample import Sample

HERE = "https://id.zj.gov.example"
NATION = "https://federation.gov.example/authorities/national"
PROVINCE = f"{HERE}/authorities/330000"
CITY = f"{HERE}/authorities/330100"
MINISTRY = "https://federation.gov.example/authorities/mohurd"
BRANCH = f"{HERE}/authorities/mohurd-330000"
SITE = "https://housing.hangzhou.gov.example"
RP = "openid_relying_party"


def names(cast: Cast) -> dict[str, str]:
    """What the entities are called."""
    return {
        NATION: cast.say("国家政务服务平台", "National Service Platform"),
        PROVINCE: cast.say("浙江省", "Zhejiang Province"),
        CITY: cast.say("杭州市", "Hangzhou"),
        MINISTRY: cast.say("住房和城乡建设部", "Ministry of Housing"),
        BRANCH: cast.say("住房和城乡建设部 浙江分支", "Ministry of Housing, Zhejiang branch"),
        SITE: cast.say("杭州市公租房", "Hangzhou public housing"),
    }


def explaining(cast: Cast) -> list[Sample]:
    """The empty form; trusted over two superiors; refused by a policy; nobody's subordinate."""
    common: dict[str, Any] = {
        "names": names(cast),
        "url_of": None,
        "action": "/federation/explain",
        "json_url": "/federation/explain?entity=x&json=1",
    }

    def sample(name: str, found: Explanation | None) -> Sample:
        drawing = drawn.draw(found) if found else None
        about = {"entity_id": found.entity_id if found else "", "drawing": drawing}
        return Sample(name, "federation_explain.html", {**common, **about})

    return [
        sample("federation-explain", None),
        sample("federation-explain-trusted", trusted()),
        sample("federation-explain-refused", refused()),
        sample("federation-explain-outside", outside()),
    ]


def trusted() -> Explanation:
    """Return a site below its city and a ministry's branch; the shorter name counts."""
    return Explanation(SITE, (_over_city(), _over_ministry()), chosen=0)


def refused() -> Explanation:
    """Return the same with a policy that its metadata does not meet, and a branch that suspended it."""
    at = Refusal(
        *("metadata_policy.not_allowed", SITE, PROVINCE, "subset_of", ["ES256", "PS256"]),
        entity_type=RP,
        parameter="request_object_signing_alg",
    )
    step = Step(
        *(explanation.APPLICATION, SITE, PROVINCE, explanation.REFUSED, at.operator, at.value),
        rule=at.rule,
        entity_type=RP,
        parameter=at.parameter,
        metadata_before={RP: {"request_object_signing_alg": "RS256"}},
    )
    city = _over_city()
    broken = ExplainedChain(city.path, NATION, (*city.steps[:-2], step), at)
    end = Refusal("not_subordinate", SITE, BRANCH)
    return Explanation(SITE, (broken, ExplainedChain((SITE, BRANCH), "", (), end)), refusal=at)


def outside() -> Explanation:
    """Return an entity that nobody vouches for."""
    end = Refusal("no_superior", "https://unknown.example")
    return Explanation(
        "https://unknown.example", (ExplainedChain((end.entity_id,), "", (), end),), refusal=end
    )


def _over_city() -> ExplainedChain:
    path = (SITE, CITY, PROVINCE, NATION)
    first = {RP: {"id_token_signed_response_alg": {"one_of": ["ES256", "PS256", "EdDSA"]}}}
    second = {
        RP: {
            "id_token_signed_response_alg": {"one_of": ["ES256", "PS256"]},
            "scope": {"subset_of": ["openid", "profile", "phone"]},
        }
    }
    before = {RP: {"scope": "openid profile phone address", "client_name": "Gongzufang"}}
    after = {RP: {"scope": "openid profile phone", "client_name": "Gongzufang"}}
    steps = (
        Step(explanation.CONFIGURATION, NATION),
        Step(explanation.STATEMENT, PROVINCE, NATION),
        Step(explanation.STATEMENT, CITY, PROVINCE),
        Step(explanation.STATEMENT, SITE, CITY),
        Step(explanation.CONFIGURATION, SITE),
        Step(explanation.CONSTRAINTS, PROVINCE, NATION, value={"max_path_length": 4}),
        Step(explanation.POLICY, PROVINCE, NATION, policy_before={}, policy_after=first),
        Step(
            explanation.POLICY, CITY, PROVINCE, explanation.CHANGED, policy_before=first, policy_after=second
        ),
        Step(
            *(explanation.APPLICATION, SITE, PROVINCE, explanation.CHANGED),
            metadata_before=before,
            metadata_after=after,
        ),
        Step(explanation.TRUST_MARK, SITE, NATION, operator="https://federation.gov.example/marks/djbh3"),
    )
    return ExplainedChain(path, NATION, steps, None, 1_790_000_000, after, ("https://x.example/djbh3",))


def _over_ministry() -> ExplainedChain:
    path = (SITE, BRANCH, MINISTRY, NATION)
    pairs = list(itertools.pairwise(path))
    steps = tuple(Step(explanation.STATEMENT, below, above) for below, above in reversed(pairs))
    return ExplainedChain(
        path, NATION, (Step(explanation.CONFIGURATION, NATION), *steps), None, 1_790_000_000
    )
