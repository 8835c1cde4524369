import pytest

from tests.clients.loopback_provider import LoopbackProvider
from tongxing_client import authorization_request, callback, discovery, errors

REQUEST = authorization_request.begin("http://localhost:5000/callback")


@pytest.fixture
def metadata(provider: LoopbackProvider) -> discovery.ProviderMetadata:
    return discovery.parse(provider.metadata(), provider.issuer)


def _code(metadata: discovery.ProviderMetadata, **answer: str | None) -> str:
    full = {"state": REQUEST.state, "iss": metadata.issuer, "code": "c", **answer}
    return callback.get_code(
        {name: value for name, value in full.items() if value is not None}, REQUEST, metadata
    )


def test_the_code_is_handed_out(metadata: discovery.ProviderMetadata) -> None:
    assert _code(metadata) == "c"


@pytest.mark.parametrize(
    "state",
    [None, "", "other", REQUEST.state[:-1], REQUEST.state + "x", "状态"],
    ids=["none", "empty", "other", "shorter", "longer", "chinese"],
)
def test_another_state_is_refused(metadata: discovery.ProviderMetadata, state: str | None) -> None:
    with pytest.raises(errors.StateUnknown):
        _code(metadata, state=state)


@pytest.mark.parametrize("iss", [None, "", "https://evil.example.cn", "http://127.0.0.1"])
def test_another_issuer_is_refused(metadata: discovery.ProviderMetadata, iss: str | None) -> None:
    with pytest.raises(errors.IssuerMismatch):
        _code(metadata, iss=iss)


def test_a_provider_that_never_sends_iss_may_leave_it_out_but_not_lie(provider: LoopbackProvider) -> None:
    provider.sends_iss = False
    metadata = discovery.parse(provider.metadata(), provider.issuer)
    assert _code(metadata, iss=None) == "c"
    with pytest.raises(errors.IssuerMismatch):
        _code(metadata, iss="https://evil.example.cn")


def test_an_error_is_raised_as_what_it_is(metadata: discovery.ProviderMetadata) -> None:
    with pytest.raises(errors.AccessDenied, match="the person said no"):
        _code(metadata, code=None, error="access_denied", error_description="the person said no")


def test_an_error_of_a_stranger_is_not_believed(metadata: discovery.ProviderMetadata) -> None:
    with pytest.raises(errors.StateUnknown):
        _code(metadata, state="other", code=None, error="access_denied")
    with pytest.raises(errors.IssuerMismatch):
        _code(metadata, iss="https://evil.example.cn", code=None, error="access_denied")


def test_an_answer_without_code_or_error_is_refused(metadata: discovery.ProviderMetadata) -> None:
    with pytest.raises(errors.CallbackRefused, match="neither"):
        _code(metadata, code=None)


def test_unknown_parameters_are_ignored_and_known_ones_come_once() -> None:
    assert callback.read([("code", "c"), ("x", "1"), ("x", "2")]) == {"code": "c"}
    with pytest.raises(errors.CallbackRefused, match="repeated"):
        callback.read([("code", "c"), ("code", "d")])
    with pytest.raises(errors.CallbackRefused, match="long"):
        callback.read([("code", "c" * 9000)])
