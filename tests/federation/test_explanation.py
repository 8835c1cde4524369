import json

from idp.federation import explanation, trust_chain
from idp.federation.explanation import ExplainedChain, Explanation, Refusal, Step
from tests.federation.line import NAMES, NATION, RP, SITE, Line, policy


def test_a_whole_explanation_as_json() -> None:
    line = Line()
    line.said[2] = policy("scope", subset_of=["openid"]) | {"constraints": {"max_path_length": 3}}
    chain = trust_chain.explain(line.verify())
    refusal = Refusal("exp", SITE, NATION, value=7)
    other = ExplainedChain(
        (SITE, NATION), NATION, (Step("statement", SITE, NATION, "refused", value=7, rule="exp"),), refusal
    )
    plain = json.loads(json.dumps(explanation.to_json(Explanation(SITE, (chain, other), chosen=0))))
    assert plain["entity_id"] == SITE
    assert plain["chosen"] == 0
    assert "refusal" not in plain
    first, second = plain["chains"]
    assert first["path"] == list(NAMES)
    assert first["metadata"][RP]["scope"] == "openid"
    assert {step["kind"] for step in first["steps"]} == {
        *("configuration", "statement", "constraints", "policy", "application"),
    }
    (merged,) = (step for step in first["steps"] if step["kind"] == "policy")
    assert merged["policy_after"] == {RP: {"scope": {"subset_of": ["openid"]}}}
    assert merged["policy_before"] == {}
    assert second["refusal"] == {"rule": "exp", "entity_id": SITE, "superior_id": NATION, "value": 7}
    assert second["steps"] == [
        {
            "kind": "statement",
            "entity_id": SITE,
            "superior_id": NATION,
            "outcome": "refused",
            "value": 7,
            "rule": "exp",
        }
    ]


def test_what_says_nothing_is_left_out_and_what_is_false_is_said() -> None:
    step = Step("policy", SITE, operator="essential", value=False)
    plain = explanation.to_json(Explanation(SITE, (ExplainedChain((SITE,), SITE, (step,)),)))
    assert plain == {
        "entity_id": SITE,
        "chains": [
            {
                "path": [SITE],
                "anchor": SITE,
                "steps": [
                    {
                        "kind": "policy",
                        "entity_id": SITE,
                        "outcome": "passed",
                        "operator": "essential",
                        "value": False,
                    }
                ],
            }
        ],
    }
    assert explanation.to_json(Explanation(SITE)) == {"entity_id": SITE}
