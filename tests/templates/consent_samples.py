"""Believable contexts for the pages that ask for consent."""

from datetime import UTC, datetime
from types import SimpleNamespace as Thing
from typing import Any

from tests.templates.cast import Cast
from tests.templates.sample import Sample


def item(name: str, *, required: bool = False, checked: bool = True, **more: Any) -> Thing:
    """One item with its box."""
    sensitive = more.pop("sensitive", False)
    values: dict[str, Any] = {"label": None, "description": None} | more
    locked = required and not sensitive
    return Thing(
        name=name, required=required, checked=checked or locked, sensitive=sensitive, locked=locked, **values
    )


def asking(cast: Cast) -> list[Sample]:
    """The first question, why somebody is asked again, and a question that was refused."""
    common: dict[str, Any] = {
        "rp": cast.province,
        "action": "/login?ticket=Zx81",
        "back_url": "/authorize/cancel?ticket=Zx81",
        "account_name": cast.person.name,
        "about_id": "0195-person",
        "seen": "sha-256:9b",
        "for_another": False,
        "purpose": cast.say("查询本人社会保险参保和待遇记录", "Show you your own social insurance records"),
        "reason": "first",
        "since": None,
        "controller": None,
        "vouched_by": cast.say("浙江省", "Zhejiang"),
        "expires_at": datetime(2027, 3, 9, tzinfo=UTC),
        "privacy_url": "http://localhost:8001/privacy",
        "by_law": [],
        "known": [],
        "gone": [],
    }
    first = [
        item("name", required=True),
        item("locale", required=True),
        item("phone_number"),
        item("offline_access", checked=False),
        item(
            "insured_person_number",
            label=cast.say("个人社保编号", "Insured person number"),
            description=cast.say("用于核对参保记录。", "To find your records."),
            checked=False,
            sensitive=True,
        ),
    ]
    reminders = {
        "purpose": cast.say("办理进度短信提醒", "Tell you by message how your case goes on"),
        "controller": cast.say("浙江省大数据发展管理局", "Zhejiang Data Administration"),
        "privacy_url": None,
        "items": [item("phone_number")],
    }
    number = [item("identity_number", required=True, checked=False, sensitive=True)]
    return [
        Sample("consent", "consent.html", {**common, "items": first}),
        Sample(
            "consent-more",
            "consent.html",
            {
                **common,
                **reminders,
                "reason": "new_items",
                "by_law": [("name", cast.say("核对职工", "To find your account"))],
                "known": ["locale"],
                "gone": ["gender"],
            },
        ),
        Sample(
            "consent-other-purpose",
            "consent.html",
            {
                **common,
                "items": first[:3],
                "reason": "new_purpose",
                "purpose_before": cast.say("办理住房公积金查询", "Show you your housing fund"),
            },
        ),
        Sample(
            "consent-unticked",
            "consent.html",
            {
                **common,
                "items": [*first[:1], *number],
                "reason": "withdrawn",
                "since": datetime(2026, 5, 3, tzinfo=UTC),
                "errors": {
                    "item-identity_number": cast.say(
                        "请勾选，或者选择“不同意”", "Tick the box, or choose: do not agree"
                    )
                },
            },
        ),
        Sample(
            "consent-refused",
            "consent_refused.html",
            {**common, "refused_at": datetime(2026, 6, 20, tzinfo=UTC)},
        ),
    ]
