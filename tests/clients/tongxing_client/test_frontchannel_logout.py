import pytest

from tongxing_client import errors, frontchannel_logout

ISSUER = "https://id.example.cn"


def test_the_session_is_named() -> None:
    assert frontchannel_logout.get_sid({"iss": ISSUER, "sid": "s"}, ISSUER) == "s"


@pytest.mark.parametrize("parameters", [{"sid": "s"}, {"iss": "https://evil.cn", "sid": "s"}])
def test_another_issuer_is_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(errors.IssuerMismatch):
        frontchannel_logout.get_sid(parameters, ISSUER)


@pytest.mark.parametrize("parameters", [{}, {"sid": ""}, {"sid": "x" * 300}])
def test_a_session_must_be_named(parameters: dict[str, str]) -> None:
    with pytest.raises(errors.CallbackRefused):
        frontchannel_logout.get_sid({"iss": ISSUER, **parameters}, ISSUER)
