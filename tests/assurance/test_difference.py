"""What two people read before they agree to a new policy."""

from hypothesis import given

from idp.assurance import difference, policy_file
from idp.assurance.difference import Change
from idp.assurance.policy import Policy
from tests.assurance import worlds
from tests.assurance.test_policy_file import TEXT, changed
from tests.assurance.worlds import PACKAGED


@given(worlds.policies())
def test_a_policy_does_not_differ_from_itself(policy: Policy) -> None:
    assert difference.difference(policy, policy) == []


@given(worlds.policies(), worlds.policies())
def test_the_way_back_is_the_same_turned_round(one: Policy, other: Policy) -> None:
    there, back = difference.difference(one, other), difference.difference(other, one)
    assert there == [Change(change.path, change.after, change.before) for change in back]
    assert bool(there) == (one != other)


def test_each_change_is_one_line_that_says_where_and_what() -> None:
    new = policy_file.parse(
        changed(
            ("days = 1826", "days = 365"),
            ("A2 = 3", "A2 = 2"),
            ("# valid_until =", "valid_until = 2028-01-01T00:00:00+08:00"),
            ('level = 2\nevidence = ["operator3"]', 'level = 1\nevidence = ["operator3"]'),
            ('methods = ["pwd", "swk"]', 'methods = ["qr", "swk"]'),
            ('not_for = ["official"]', 'not_for = ["official", "citizen"]'),
        )
    )
    assert difference.difference(PACKAGED, new) == [
        Change("authentication: pwd + swk", "level 2", None),
        Change("authentication: qr + swk", None, "level 2"),
        Change("authenticators.sms.not_for", "official", "citizen, official"),
        Change("caps.2", "3", "2"),
        Change("evidence.register.days", "1826", "365"),
        Change("proofing.citizen: operator3", "level 2", "level 1"),
        Change("valid_until", None, "2028-01-01T00:00:00+08:00"),
    ]


def test_comments_and_order_change_nothing() -> None:
    assert difference.difference(PACKAGED, policy_file.parse(f"# another comment\n{TEXT}\n# end\n")) == []
