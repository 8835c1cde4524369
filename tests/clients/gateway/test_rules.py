import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.gateway.rules import Rule, find_rule

EVERYTHING = Rule(path="/", level=2)
PUBLIC = Rule(path="/public/", is_public=True)
RECORDS = Rule(path="/records", level=3)
RULES = (EVERYTHING, PUBLIC, RECORDS)


@pytest.mark.parametrize(
    ("uri", "rule"),
    [
        ("/", EVERYTHING),
        ("/x?y=/public/", EVERYTHING),
        ("/public/logo.png", PUBLIC),
        ("/public", EVERYTHING),
        ("/publicity", EVERYTHING),
        ("/records", RECORDS),
        ("/records/1?x=..", RECORDS),
        ("/recordsx", EVERYTHING),
        ("//records//1", RECORDS),
        ("/%72ecords/1", RECORDS),
        ("/public/%E4%B8%AD.html", PUBLIC),
    ],
)
def test_the_longest_path_that_fits_decides(uri: str, rule: Rule) -> None:
    assert find_rule(RULES, uri) is rule


def test_where_capitals_make_a_difference_the_stricter_rule_holds() -> None:
    assert find_rule(RULES, "/RECORDS/1") is RECORDS
    # Another folder than /public/ where capitals count.
    assert find_rule(RULES, "/PUBLIC/secret") is EVERYTHING


GUARDED = Rule(path="/withdraw/", level=3)


@pytest.mark.parametrize("uri", ["/withdraw;a=b/1", "/withdraw;/1", "/withdraw%3ba/1", "/Withdraw;x/1"])
def test_parameters_of_a_segment_do_not_lead_around_a_rule(uri: str) -> None:
    """Servlet containers cut them off before they choose a page."""
    assert find_rule((EVERYTHING, PUBLIC, GUARDED), uri) is GUARDED
    assert find_rule((EVERYTHING, PUBLIC, GUARDED), "/public/a;b=c") is PUBLIC


def test_a_folder_without_its_last_slash_is_as_guarded_as_the_folder() -> None:
    """Many servers answer both with one page."""
    assert find_rule((EVERYTHING, GUARDED), "/withdraw") is GUARDED
    assert find_rule((EVERYTHING, GUARDED), "/withdraw;a") is GUARDED
    # Never the other way round: what is open with the slash is not open without it.
    assert find_rule((EVERYTHING, PUBLIC), "/public") is EVERYTHING
    assert find_rule((PUBLIC,), "/public") is None


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "records",
        "http://localhost/public/",
        "*",
        "/public/../records",
        "/public/%2e%2E/records",
        "/public/..;a=b/records",
        "/public/.;/x",
        "/public/..%2frecords",
        "/public/%2Frecords",
        "/public/..%5crecords",
        "/public/\\..\\records",
        "/public/%252e%252e/records",
        "/public/%00",
        "/public/%0d%0aX: 1",
        "/public/%ff%fe",
        "/public/中",
        "/public/" + "a" * 5_000,
    ],
)
def test_what_two_servers_could_read_in_two_ways_fits_no_rule(uri: str) -> None:
    assert find_rule(RULES, uri) is None


def test_what_no_rule_names_is_refused() -> None:
    assert find_rule((PUBLIC,), "/records") is None
    assert find_rule((), "/") is None


@given(st.lists(st.sampled_from(["..", ".", "public", "records", "%2e", "%2f", ";", "a", "%25"]), max_size=6))
def test_nothing_that_leads_into_a_guarded_folder_counts_as_public(parts: list[str]) -> None:
    rule = find_rule(RULES, "/public/" + "/".join(parts))
    assert rule is None or (rule is PUBLIC and ".." not in parts)
