import pytest

from tongxing_client import errors


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("access_denied", errors.AccessDenied),
        ("login_required", errors.LoginRequired),
        ("consent_required", errors.ConsentRequired),
        ("interaction_required", errors.InteractionRequired),
        ("account_selection_required", errors.AccountSelectionRequired),
        ("unmet_authentication_requirements", errors.UnmetAuthenticationRequirements),
        ("server_error", errors.ProviderBusy),
        ("temporarily_unavailable", errors.ProviderBusy),
    ],
)
def test_each_error_of_the_specification_has_its_exception(
    error: str, kind: type[errors.AuthorizationRefused]
) -> None:
    raised = errors.authorization_refused(error, "why")
    assert type(raised) is kind
    assert (raised.error, raised.description, str(raised)) == (error, "why", f"{error}: why")


def test_an_unknown_error_is_still_a_refusal() -> None:
    raised = errors.authorization_refused("something_new")
    assert type(raised) is errors.AuthorizationRefused
    assert str(raised) == "something_new"


def test_what_the_other_side_wrote_stays_on_one_bounded_line() -> None:
    raised = errors.TokenRefused("invalid_client", "a\nWARNING forged\x1b[31m" + "x" * 1000)
    assert "\n" not in str(raised)
    assert "\x1b" not in str(raised)
    assert len(str(raised)) <= 300
