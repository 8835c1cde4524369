"""Believable contexts for connected services."""

from datetime import timedelta
from typing import Any

from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.sample import Sample

YEAR = timedelta(days=365)


def services(cast: Cast) -> list[Sample]:
    """The list, and one service in each of its states."""
    mine: dict[str, Any] = {"person": cast.person, "receipts_url": "/account/receipts"}
    held = _row(cast.province, "held", ["name", "phone_number"])
    by_law = _row(cast.county, "by_law", ["real_name", "identity_number"])
    ended = [_row(cast.city, "withdrawn", [])]
    choices = [
        {"url": "/account/services?for=x", "name": cast.say("张小明", "Zhang Xiaoming"), "is_chosen": False}
    ]
    lists = {"held": [held], "by_law": [by_law], "ended": ended, "about_name": None, "choices": choices}
    nothing: dict[str, Any] = {"held": [], "by_law": [], "ended": [], "about_name": None, "choices": []}
    return [
        Sample("account-services", "account/services.html", {**mine, **lists}),
        Sample("account-services-none", "account/services.html", {**mine, **nothing}),
        Sample("account-service", "account/service.html", {**mine, **_one(cast, "held")}),
        Sample(
            "account-service-withdrawn",
            "account/service.html",
            {
                **mine,
                **_one(cast, "withdrawn"),
                "held": [],
                "notice": cast.say("已撤回，不再向它提供任何数据。", "Done. Nothing more is shared with it."),
                "withdrawal": {
                    "at": NOON,
                    "items": ["name", "phone_number"],
                    "state": "acknowledged",
                    "state_at": NOON + timedelta(seconds=3),
                },
                "deletion": _deletion("requested", is_open=True, state="waiting"),
            },
        ),
        Sample(
            "account-service-waiting",
            "account/service.html",
            {
                **mine,
                **_one(cast, "held"),
                "taken_back": ["phone_number"],
                "withdrawal": {"at": NOON, "items": ["phone_number"], "state": "delivered", "state_at": NOON},
                "deletion": _deletion(
                    "partial",
                    reason=cast.say(
                        "缴费记录须依法保存十五年。", "Payment records are kept for 15 years by law."
                    ),
                    answered_at=NOON,
                ),
            },
        ),
        Sample(
            "account-service-failed",
            "account/service.html",
            {
                **mine,
                **_one(cast, "expired"),
                "held": [],
                "withdrawal": {"at": MORNING, "items": ["name"], "state": "failed", "state_at": NOON},
                "deletion": _deletion("requested", is_open=True, is_overdue=True, state="failed"),
            },
        ),
        Sample(
            "account-service-by-law",
            "account/service.html",
            {
                **mine,
                **_one(cast, "by_law"),
                "site": cast.county,
                "held": [],
                "by_law": [
                    _item("real_name", cast.say("登记权利人", "To register the owner")),
                    _item("identity_number", cast.say("核对权利人", "To be sure who the owner is")),
                ],
            },
        ),
        Sample(
            "account-service-refused",
            "account/service.html",
            {
                **mine,
                **_one(cast, "refused"),
                "held": [],
                "about_name": cast.say("张小明", "Zhang Xiaoming"),
                "history": [
                    {
                        "name": "refused",
                        "actor": "guardian",
                        "at": NOON,
                        "items": ["name"],
                        "receipt_url": None,
                    }
                ],
            },
        ),
    ]


def _row(site: Any, state: str, items: list[str]) -> dict[str, Any]:
    return {
        "client_id": site.id,
        "url": f"/account/services/{site.id}",
        "site": site,
        "state": state,
        "items": items,
        "since": MORNING,
        "until": NOON + YEAR if state == "held" else None,
        "ended_at": NOON,
    }


def _item(name: str, purpose: str, *, required: bool = True) -> dict[str, Any]:
    return {
        "name": name,
        "purpose": purpose,
        "required": required,
        "sensitive": "number" in name,
        "since": MORNING,
    }


def _deletion(status: str, **values: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "asked_at": MORNING,
        "status": status,
        "reason": "",
        "answered_at": None,
        "answer_by": NOON + timedelta(days=15),
        "is_open": False,
        "is_overdue": False,
        "state": "acknowledged",
    }
    return known | values


def _one(cast: Cast, state: str) -> dict[str, Any]:
    site = cast.province
    site.purpose = cast.say(
        "查询您本人的社会保险参保和缴费记录", "To show you your own social insurance records"
    )
    site.policy_uri = "http://localhost:8001/privacy"
    phone = _item(
        "phone_number", cast.say("缴费变动时通知您", "To tell you when something changes"), required=False
    )
    phone["sensitive"] = False
    receipt = "/account/receipts/x/1"
    return {
        "site": site,
        "about_name": None,
        "state": state,
        "since": MORNING,
        "until": NOON + YEAR,
        "ended_at": NOON,
        "held": [_item("name", cast.say("核对参保人", "To find your records")), phone],
        "by_law": [],
        "taken_back": [],
        "withdrawal": None,
        "deletion": None,
        "history": [
            {
                "name": "renewed",
                "actor": "self",
                "at": NOON,
                "items": ["name", "phone_number"],
                "receipt_url": receipt,
            },
            {"name": "notice", "actor": "self", "at": NOON, "items": [], "receipt_url": None},
            {"name": "given", "actor": "self", "at": MORNING, "items": ["name"], "receipt_url": receipt},
        ],
        "withdraw_action": "/account/services/x/withdraw",
        "delete_action": "/account/services/x/delete",
        "again_url": "/account/services/x",
        "back_url": "/account/services",
    }
