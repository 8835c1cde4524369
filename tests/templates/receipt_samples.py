"""Believable contexts for consent receipts and their check."""

from types import SimpleNamespace as Thing
from typing import Any

from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.sample import Sample

RECORD = "0195790e-5a00-7000-8000-000000000001"
URL = f"/account/receipts/{RECORD}/1"
GROUPS = ["4f1e", "0c8a", "77b2", "19d0", "e3a5", "5c64", "8b0f", "2d91"]


def receipts(cast: Cast) -> list[Sample]:
    """The pages under /account/receipts."""
    mine = {"person": cast.person, "back_url": "/account/receipts"}
    both = ("27560", "kantara")
    return [
        Sample("receipts", "account/receipts.html", {**mine, **_listed(cast)}),
        Sample(
            "receipts-none",
            "account/receipts.html",
            {**mine, "services": [], "older_url": None, "verify_url": "/account/receipts/verify"},
        ),
        Sample("receipt", "account/receipt.html", {**mine, **_one(cast, both), "ended": None}),
        Sample(
            "receipt-by-guardian-ended",
            "account/receipt.html",
            {**mine, **_one(cast, both, actor="guardian", left_out=()), "ended": "withdrawn"},
        ),
        Sample(
            "receipt-of-child",
            "account/receipt.html",
            {
                **mine,
                **_one(cast, both, actor="guardian"),
                "about_name": cast.say("张小明", "Zhang Xiaoming"),
                "ended": None,
            },
        ),
        Sample(
            "receipt-withdrawn",
            "account/receipt.html",
            {
                **mine,
                **_one(cast, both[:1], event="withdrawn", by_law=[], left_out=(), until=None),
                "ended": None,
            },
        ),
        *_verifying(cast),
    ]


def _listed(cast: Cast) -> dict[str, Any]:
    def row(event: str, *items: str, at: Any = MORNING) -> Thing:
        return Thing(url=URL, event=event, actor="self", at=at, items=list(items))

    services = [
        {
            "id": cast.province.id,
            "name": cast.province.name,
            "organization": cast.province.organization,
            "receipts": [
                row("withdrawn", "phone_number", at=NOON),
                row("renewed", "name", "phone_number"),
                row("given", "name", "phone_number"),
            ],
        },
        {
            "id": cast.city.id,
            "name": cast.city.name,
            "organization": cast.city.organization,
            "receipts": [row("notice", "name")],
        },
    ]
    return {
        "services": services,
        "older_url": "/account/receipts?before=1",
        "verify_url": "/account/receipts/verify",
    }


def _one(cast: Cast, standards: tuple[str, ...], **changes: Any) -> dict[str, Any]:
    def item(name: str, *, required: bool = True, sensitive: bool = False, purpose: str = "") -> Thing:
        return Thing(name=name, required=required, sensitive=sensitive, purpose=purpose)

    receipt = {
        "id": f"{RECORD}/1",
        "event": "given",
        "actor": "self",
        "at": MORNING,
        "service": cast.province.name,
        "organization": cast.province.organization,
        "purpose": cast.say(
            "查询您本人的社会保险参保和缴费记录", "To show you your own social insurance records"
        ),
        "controller": cast.province.organization,
        "by_consent": [
            item("identity_number", sensitive=True, purpose=cast.say("核对参保人", "To find your records")),
            item(
                "phone_number", required=False, purpose=cast.say("缴费变动时通知您", "To tell you of changes")
            ),
        ],
        "by_law": [item("name")],
        "kept": ["birthdate"],
        "left_out": ["locale"],
        "until": NOON.replace(year=2027),
        "storage": "CN",
        "retention": cast.say("办结后五年", "Five years after the matter is closed"),
        "jurisdiction": "CN",
        "notice_uri": "https://si.example.gov.cn/privacy",
        "notice_version": "2026-01",
        "groups": GROUPS,
    } | changes
    return {
        "receipt": Thing(**receipt),
        "qr_url": "/qr.svg",
        "verify_url": "/account/receipts/verify",
        "service_url": f"/account/services/{cast.province.id}",
        "downloads": [
            {"url": f"{URL}.{standard}.{kind}", "standard": standard, "kind": kind}
            for standard in standards
            for kind in ("jwt", "json")
        ],
    }


def _verifying(cast: Cast) -> list[Sample]:
    frame: dict[str, Any] = {
        "rp": None,
        "back_url": None,
        "action": "/account/receipts/verify",
        "errors": {},
        "values": {},
    }
    facts = {"service": cast.province.name, "event": "given", "at": MORNING}
    whole = facts | {"data": ("name", "phone_number"), "standard": "27560", "problem": None, "places": ()}
    verdicts: dict[str, dict[str, Any] | None] = {
        "receipt-verify": None,
        "receipt-verify-genuine": whole | {"ok": True},
        "receipt-verify-paper": facts | {"ok": True, "from_paper": True, "problem": None},
        "receipt-verify-changed": {"ok": False, "problem": "changed", "places": ()},
        "receipt-verify-text-changed": whole
        | {
            "ok": False,
            "problem": "text_changed",
            "places": ("receipt.record.pii_processing.purposes[0].retention_period",),
        },
    }
    problems = {"receipt": cast.say("请粘贴凭证，或选择文件", "Paste a receipt, or choose its file")}
    return [
        *(
            Sample(name, "receipt_verify.html", {**frame, "verdict": verdict})
            for name, verdict in verdicts.items()
        ),
        Sample("receipt-verify-empty", "receipt_verify.html", {**frame, "verdict": None, "errors": problems}),
    ]
