from typing import Any

import pytest

from tests.clients.loopback_provider import Reply
from tests.clients.loopback_transmitter import LoopbackTransmitter
from tongxing_client import errors, ssf_configuration, transport


def test_it_is_fetched_and_read(transmitter: LoopbackTransmitter, http: transport.Transport) -> None:
    issuer = transmitter.provider.issuer
    found = ssf_configuration.fetch(http, issuer)
    assert found.configuration_endpoint == f"{issuer}/ssf/stream"
    assert found.verification_endpoint == f"{issuer}/ssf/verify"


def test_the_well_known_part_stands_before_the_path() -> None:
    assert ssf_configuration.url("https://id.cn") == "https://id.cn/.well-known/ssf-configuration"
    assert ssf_configuration.url("https://id.cn/a/") == "https://id.cn/.well-known/ssf-configuration/a"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"issuer": "https://evil.example.cn"}, "issuer"),
        ({"configuration_endpoint": None}, "configuration_endpoint"),
        ({"configuration_endpoint": "http://evil.example.cn/x"}, "configuration_endpoint"),
        ({"status_endpoint": 7}, "status_endpoint"),
        ({"critical_subject_members": ["user", "device"]}, "critical_subject_members"),
        ({"critical_subject_members": "user"}, "critical_subject_members"),
    ],
)
def test_what_cannot_be_believed_is_named(
    transmitter: LoopbackTransmitter, http: transport.Transport, changes: dict[str, Any], word: str
) -> None:
    transmitter.configuration_changes = changes
    with pytest.raises(errors.BadProviderAnswer, match=word):
        ssf_configuration.fetch(http, transmitter.provider.issuer)


def test_members_we_understand_may_be_critical(
    transmitter: LoopbackTransmitter, http: transport.Transport
) -> None:
    transmitter.configuration_changes = {"critical_subject_members": ["user", "session"]}
    found = ssf_configuration.fetch(http, transmitter.provider.issuer)
    assert found.issuer == transmitter.provider.issuer


def test_a_provider_without_a_transmitter_is_told(
    transmitter: LoopbackTransmitter, http: transport.Transport
) -> None:
    transmitter.provider.replies["/.well-known/ssf-configuration"] = lambda _: Reply(404)
    with pytest.raises(errors.BadProviderAnswer, match="404"):
        ssf_configuration.fetch(http, transmitter.provider.issuer)
