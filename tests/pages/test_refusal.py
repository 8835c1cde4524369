"""What a form answers when a room refused: its status, or the error itself where no form helps."""

import pytest

from idp.errors import IdpError, InvalidInput, TooMany, Unavailable, Upstream
from idp.pages import refusal


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput("code_wrong", "No", field="code"), 400),
        (TooMany("too_many_requests"), 429),
        (Unavailable("sms_unavailable"), 503),
        (Upstream("sms_refused"), 503),
    ],
)
def test_a_form_is_shown_again(error: IdpError, status: int) -> None:
    assert refusal.status(error) == status


def test_what_no_form_helps_is_raised() -> None:
    away = Unavailable("register_unavailable")
    with pytest.raises(Unavailable) as caught:
        refusal.status(away)
    assert caught.value is away
