from idp.federation.chain_refused import ChainRefused
from idp.federation.explanation import REFUSED, Refusal, Step


def test_a_refused_step_tells_where_it_ended() -> None:
    before = Step("statement", "https://a.example", "https://b.example")
    step = Step(
        *("application", "https://a.example", "https://b.example", REFUSED, "one_of", ["x"]),
        rule="metadata_policy.not_allowed",
        entity_type="openid_relying_party",
        parameter="subject_type",
    )
    found = ChainRefused.at(step, [before])
    assert found.steps == (before, step)
    assert found.refusal == Refusal(
        "metadata_policy.not_allowed",
        "https://a.example",
        "https://b.example",
        "one_of",
        ["x"],
        "openid_relying_party",
        "subject_type",
    )


def test_by_hand() -> None:
    found = ChainRefused("no_chain", "https://a.example")
    assert (found.rule, found.superior_id, found.steps) == ("no_chain", "", ())
    assert found.refusal == Refusal("no_chain", "https://a.example")
