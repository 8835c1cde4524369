"""The drawing of an explanation: one tree for all ways, and what each step changed."""

from hypothesis import given
from hypothesis import strategies as st

from idp.federation import drawn
from idp.federation.drawn import BROKEN, CHOSEN, HOLDS, UNUSED, Place
from idp.federation.explanation import APPLICATION, POLICY, ExplainedChain, Explanation, Refusal, Step

LEAF, CITY, PROVINCE, NATION, MINISTRY = (f"https://{name}.example" for name in "lcpnm")


def said(place: Place) -> tuple[str, str, list[object]]:
    return (place.entity_id[8], place.state, [said(one) for one in place.below])


def test_two_ways_share_what_they_have_in_common() -> None:
    chains = (
        ExplainedChain((LEAF, CITY, PROVINCE, NATION), NATION),
        ExplainedChain((LEAF, MINISTRY, NATION), NATION),
    )
    (top,) = drawn.draw(Explanation(LEAF, chains, chosen=1)).tree
    assert top.is_anchor
    assert said(top) == (
        *("n", CHOSEN),
        [
            ("p", HOLDS, [("c", HOLDS, [("l", HOLDS, [])])]),
            ("m", CHOSEN, [("l", CHOSEN, [])]),
        ],
    )


def test_a_way_that_breaks_off_shows_the_superior_that_does_not_stand_behind_it() -> None:
    end = Refusal("not_subordinate", CITY, PROVINCE)
    drawing = drawn.draw(Explanation(LEAF, (ExplainedChain((LEAF, CITY), "", (), end),), refusal=end))
    assert not drawing.is_trusted
    assert [said(one) for one in drawing.tree] == [("p", UNUSED, [("c", BROKEN, [("l", UNUSED, [])])])]


def test_the_rule_of_a_superior_higher_up_breaks_at_the_entity_it_concerns() -> None:
    end = Refusal("metadata_policy.missing", LEAF, NATION, "essential", True, "openid_relying_party", "jwks")
    chain = ExplainedChain((LEAF, CITY, PROVINCE, NATION), NATION, (), end)
    (top,) = drawn.draw(Explanation(LEAF, (chain,), refusal=end)).tree
    assert said(top) == ("n", UNUSED, [("p", UNUSED, [("c", UNUSED, [("l", BROKEN, [])])])])


def test_nothing_known_is_drawn_alone() -> None:
    end = Refusal("no_configuration", LEAF)
    assert [said(one) for one in drawn.draw(Explanation(LEAF, refusal=end)).tree] == [("l", BROKEN, [])]


def test_policies_are_compared_operator_by_operator() -> None:
    before = {"rp": {"scope": {"subset_of": ["a", "b"]}, "gone": {"value": "x"}}}
    after = {"rp": {"scope": {"subset_of": ["a"], "essential": True}}}
    assert [
        (row.parameter, row.operator, row.before, row.after) for row in drawn.policy_rows(before, after)
    ] == [
        ("scope", "subset_of", "a, b", "a"),
        ("scope", "essential", "", "true"),
        ("gone", "value", "x", ""),
    ]


def test_metadata_rows_are_the_differences_alone() -> None:
    before = {"rp": {"scope": "a b", "same": 1, "gone": [1]}}
    after = {"rp": {"scope": "a", "same": 1, "new": {"x": None}}}
    assert [(row.parameter, row.before, row.after) for row in drawn.metadata_rows(before, after)] == [
        ("scope", "a b", "a"),
        ("gone", "[1]", ""),
        ("new", "", '{"x": null}'),
    ]


def test_the_refused_value_is_shown_beside_the_rule() -> None:
    step = Step(
        *(APPLICATION, LEAF, CITY, "refused", "one_of", ["ES256"]),
        entity_type="rp",
        parameter="alg",
        metadata_before={"rp": {"alg": "none"}},
    )
    (chain,) = drawn.draw(Explanation(LEAF, (ExplainedChain((LEAF, CITY), CITY, (step,)),))).chains
    assert [(row.parameter, row.before) for row in chain.steps[0].rows] == [("alg", "none")]
    assert (chain.steps[0].operator, chain.steps[0].value) == ("one_of", "ES256")


def test_huge_statements_are_cut() -> None:
    policy = {"rp": {f"p{number}": {"value": "x" * 10_000} for number in range(500)}}
    step = Step(POLICY, LEAF, CITY, policy_before={}, policy_after=policy)
    (chain,) = drawn.draw(Explanation(LEAF, (ExplainedChain((LEAF, CITY), CITY, (step,)),))).chains
    shown = chain.steps[0]
    assert (len(shown.rows), shown.more) == (drawn.MOST_ROWS, 500 - drawn.MOST_ROWS)
    assert max(len(row.after) for row in shown.rows) <= drawn.LONGEST_VALUE + 1


ids = st.sampled_from([LEAF, CITY, PROVINCE, NATION, MINISTRY, ""])
refusals = st.one_of(st.none(), st.builds(Refusal, st.just("x"), ids, ids))
ways = st.builds(
    lambda path, refusal: ExplainedChain(tuple(one for one in path if one), path[-1], (), refusal),
    st.lists(ids, min_size=1, max_size=5, unique=True),
    refusals,
)


@given(st.lists(ways, max_size=6), st.integers(0, 5))
def test_whatever_was_found_can_be_drawn_and_names_everybody(
    chains: list[ExplainedChain], number: int
) -> None:
    chosen = number if number < len(chains) and chains[number].refusal is None else None
    drawing = drawn.draw(Explanation(LEAF, tuple(chains), chosen=chosen))

    def named(places: list[Place]) -> set[str]:
        return {one for place in places for one in ({place.entity_id} | named(place.below))}

    assert named(list(drawing.tree)) <= set(drawing.entity_ids)
    assert {one for chain in chains for one in chain.path} <= named(list(drawing.tree)) | {LEAF}
