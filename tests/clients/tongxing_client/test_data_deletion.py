import pytest

from tests.clients.loopback_provider import json_reply
from tests.clients.loopback_transmitter import LoopbackTransmitter
from tongxing_client import errors, relying_party


def test_the_answer_says_which_request_and_what_was_done(
    transmitter: LoopbackTransmitter, party: relying_party.RelyingParty
) -> None:
    party.answer_deletion("r-1", "partial", "依法保存")
    (told,) = transmitter.deletions
    assert told == {"request_id": "r-1", "status": "partial", "reason": "依法保存"}


@pytest.mark.parametrize(("status", "reason"), [("done", ""), ("partial", ""), ("refused", "")])
def test_what_a_person_could_not_understand_is_not_sent(
    transmitter: LoopbackTransmitter, party: relying_party.RelyingParty, status: str, reason: str
) -> None:
    with pytest.raises(errors.WrongSettings):
        party.answer_deletion("r-1", status, reason)
    assert not transmitter.deletions


@pytest.mark.parametrize("status", [400, 401, 404, 409])
def test_a_refusal_is_told(
    transmitter: LoopbackTransmitter, party: relying_party.RelyingParty, status: int
) -> None:
    transmitter.provider.replies["/data_deletion"] = lambda _: json_reply({"error": "no"}, status)
    with pytest.raises(errors.RequestRefused) as raised:
        party.answer_deletion("r-1", "completed")
    assert (raised.value.http_status, raised.value.error) == (status, "no")


@pytest.mark.parametrize("endpoint", [None, "http://evil.example.cn/x", 7])
def test_a_provider_that_takes_no_answers(
    transmitter: LoopbackTransmitter, party: relying_party.RelyingParty, endpoint: object
) -> None:
    transmitter.provider.metadata_changes["data_deletion_endpoint"] = endpoint
    with pytest.raises(errors.BadProviderAnswer, match="data_deletion_endpoint"):
        party.answer_deletion("r-1", "completed")
