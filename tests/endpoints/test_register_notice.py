"""``/register_notices``: the door for signed notices."""

from pathlib import Path

import pytest

from idp.accounts import account as accounts
from idp.sandbox.registers.switches import Change
from tests.proofing.watched import Watched, fresh, watched

__all__ = ["watched"]

PATH = "/register_notices"


def post(watched: Watched, body: bytes, mimetype: str = "application/jose") -> tuple[int, dict[str, str]]:
    client = watched.provider.app.test_client()
    answer = client.post(PATH, data=body, content_type=mimetype, base_url=watched.provider.settings.issuer)
    return answer.status_code, answer.get_json(force=True)


def notice(watched: Watched, subject: str, change: str = "deceased") -> bytes:
    return watched.registers.running.notices.statement(Change("population", subject, change)).encode()


def test_a_notice_is_taken_and_the_answer_tells_nothing(watched: Watched) -> None:
    one, stranger = watched.citizens(2)
    account_id = watched.add(one)
    told = notice(watched, one.number)
    assert post(watched, told) == (202, {})
    assert post(watched, told) == (202, {})
    assert post(watched, notice(watched, stranger.number)) == (202, {})
    assert fresh(account_id).status == accounts.FROZEN


@pytest.mark.parametrize(
    ("body", "mimetype", "status"),
    [
        (b"a.b.c", "application/jose", 400),
        (b"", "application/jose", 400),
        (b"\xff\xfe", "application/jose", 400),
        (b"{}", "application/json", 400),
        (b"a=b", "application/x-www-form-urlencoded", 400),
        (b"x" * 9000, "application/jose", 413),
        (b"x" * 90_000, "application/jose", 413),
    ],
)
def test_anything_else_is_refused(watched: Watched, body: bytes, mimetype: str, status: int) -> None:
    code, answer = post(watched, body, mimetype)
    assert code == status
    assert answer["error"] == "invalid_request"


def test_it_is_only_posted_to(watched: Watched) -> None:
    client = watched.provider.app.test_client()
    assert client.get(PATH, base_url=watched.provider.settings.issuer).status_code == 405


def test_without_keys_nobody_is_believed_and_the_register_tries_again(
    watched: Watched, tmp_path: Path
) -> None:
    Path(watched.provider.settings.registers.keys_file).unlink()
    assert post(watched, notice(watched, "nobody"))[0] == 503
