"""Believable contexts for a person's own pages."""

from tests.templates import overview_samples
from tests.templates.cast import Cast
from tests.templates.method_samples import methods, proving
from tests.templates.sample import Sample


def account(cast: Cast) -> list[Sample]:
    """The pages under /account."""
    mine = {"person": cast.person, "action": "/account/x"}
    return [
        *overview_samples.overview(cast),
        Sample(
            "account-sessions",
            "account/sessions.html",
            {
                **mine,
                "sessions": [cast.here, cast.elsewhere],
                "end_others_action": "/account/sessions/end-others",
                "notice": cast.say("该会话已结束", "This session is ended"),
            },
        ),
        *methods(cast, mine),
        Sample(
            "account-totp",
            "account/totp_enrol.html",
            {
                **mine,
                "qr_url": "/qr.svg",
                "secret_groups": ["JBSW", "Y3DP", "EHPK", "3PXP", "JBSW", "Y3DP", "EHPK", "3PXP"],
                "otpauth_uri": "otpauth://totp/Tongxing:zhangwei?secret=JBSWY3DPEHPK3PXP&issuer=Tongxing",
                "account_label": "zhangwei",
                "issuer_label": "Tongxing",
                "back_url": "/account/sign-in-methods",
            },
        ),
        Sample(
            "account-codes",
            "account/recovery_codes.html",
            {
                **mine,
                "codes": [
                    f"{number:04d}-Q7MK-{number * 7919 % 9973:04d}" for number in range(1207, 2207, 100)
                ],
                "codes_left": 10,
                "continue_url": "/account/sign-in-methods",
            },
        ),
        Sample(
            "account-codes-left",
            "account/recovery_codes.html",
            {**mine, "codes": [], "codes_left": 3, "continue_url": "/account/sign-in-methods"},
        ),
        *proving(cast, mine),
    ]
