"""Believable contexts for a person's own pages."""

from types import SimpleNamespace as Thing

from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.method_samples import methods, proving
from tests.templates.sample import Sample


def account(cast: Cast) -> list[Sample]:
    """The pages under /account."""
    mine = {"person": cast.person, "action": "/account/x"}
    return [
        Sample(
            "account-overview",
            "account/overview.html",
            {
                **mine,
                "account": Thing(
                    name=cast.person.name,
                    username="zhangwei",
                    phone_masked="+86 138 **** 8000",
                    created_at=MORNING,
                ),
                "sessions_count": 2,
                "totp_enrolled": True,
                "recovery_codes_left": 9,
                "sites": [cast.province, cast.city, cast.county],
            },
        ),
        Sample(
            "account-overview-new",
            "account/overview.html",
            {
                **mine,
                "account": Thing(name=cast.person.name, username=None, phone_masked=None, created_at=NOON),
                "sessions_count": 1,
                "is_official": True,
                "totp_enrolled": False,
                "recovery_codes_left": 0,
                "sites": [],
            },
        ),
        Sample(
            "account-overview-few-codes",
            "account/overview.html",
            {
                **mine,
                "account": Thing(
                    name=cast.person.name, username="zhangwei", phone_masked=None, created_at=NOON
                ),
                "sessions_count": 1,
                "totp_enrolled": True,
                "recovery_codes_left": 1,
                "stop_recovery_url": "/recovery/stop/x",
                "sites": [cast.city],
            },
        ),
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
