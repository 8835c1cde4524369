import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.federation import entity_id


@pytest.mark.parametrize(
    "text",
    [
        "https://county.example",
        "https://county.example/",
        "https://county.example:8443/authorities/330106",
        "https://xn--fiqs8s.example/a/b/",
        "https://8.8.8.8",
        "https://[2400:3200::1]:444/x",
        "https://county.example/%E5%8E%BF",
        "https://" + "a" * 63 + ".example",
    ],
)
def test_what_an_entity_may_be_called(text: str) -> None:
    entity_id.check(text, sandbox=False)
    assert entity_id.is_valid(text, sandbox=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "county.example",
        "ftp://county.example",
        "HTTPS://county.example",
        "https://County.example",
        "https://county.example.",
        "https://county..example",
        "https://-county.example",
        "https://a@county.example",
        "https://a:b@county.example/x",
        "https://county.example?x=1",
        "https://county.example/x?",
        "https://county.example/#",
        "https://county.example:443",
        "https://county.example:0",
        "https://county.example:65536",
        "https://county.example:",
        "https://county.example:0443",
        "https://county.example/../x",
        "https://county.example/./x",
        "https://county.example//x",
        "https://county.example/a%2e",
        "https://county.example/%41",
        "https://county.example/%zz",
        "https://county.example/a b",
        "https://county.example\\x",
        "https://县.example",
        "https://county.example/县",
        "https://county.example/x\n",
        "https://127.1",
        "https://0x7f.1",
        "https://010.0.0.1",
        "https://[2400:3200:0::1]",
        "https://[2400:3200::1",
        "https:///x",
        "https://",
        "https://county.example/" + "x" * 240,
        "https://" + "a." * 130 + "example",
    ],
)
def test_what_an_entity_may_not_be_called(text: str) -> None:
    with pytest.raises(ValueError, match=r"must|port"):
        entity_id.check(text, sandbox=True)
    assert not entity_id.is_valid(text, sandbox=False)


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost:8001",
        "http://127.0.0.1:8001/x",
        "http://[::1]:8001",
        "https://localhost",
        "https://a.localhost",
        "https://10.1.2.3",
        "https://192.168.0.1/x",
        "https://[fd00::1]",
        "https://169.254.169.254",
    ],
)
def test_this_machine_and_private_networks_count_in_the_sandbox_alone(text: str) -> None:
    entity_id.check(text, sandbox=True)
    with pytest.raises(ValueError, match="must"):
        entity_id.check(text, sandbox=False)


@pytest.mark.parametrize("text", ["http://county.example", "http://8.8.8.8", "http://10.1.2.3"])
def test_plain_http_is_for_this_machine_alone(text: str) -> None:
    with pytest.raises(ValueError, match="https"):
        entity_id.check(text, sandbox=True)


@pytest.mark.parametrize("value", [None, 7, ["https://county.example"], {}])
def test_what_is_no_text_is_no_identifier(value: object) -> None:
    assert not entity_id.is_valid(value, sandbox=True)


def test_where_the_configuration_stands() -> None:
    """§9: a slash at the end does not count."""
    wanted = "https://county.example/a/.well-known/openid-federation"
    assert entity_id.configuration_url("https://county.example/a") == wanted
    assert entity_id.configuration_url("https://county.example/a/") == wanted
    assert (
        entity_id.configuration_url("https://county.example")
        == "https://county.example/.well-known/openid-federation"
    )


def test_the_host() -> None:
    assert entity_id.host("https://county.example:8443/a") == "county.example"
    assert entity_id.host("http://[::1]:8001") == "::1"


@given(st.text(max_size=300))
def test_nothing_breaks_it(text: str) -> None:
    for one in (text, f"https://{text}", f"https://county.example/{text}"):
        if entity_id.is_valid(one, sandbox=True):
            assert entity_id.host(one)
            assert one.isascii()
