"""Believable contexts for the pages of mandates, enterprises, wards and assisted sessions."""

from datetime import UTC, datetime
from types import SimpleNamespace as Thing
from typing import Any

from tests.templates.cast import MORNING, NOON, Cast
from tests.templates.sample import Sample

LAST_DAY = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
URL = "/account/mandates/019f-1"


def mandates(cast: Cast) -> list[Sample]:
    """The pages under /account/mandates, /account/enterprises, /account/wards and /assisted."""
    return [*_mandates(cast), *_enterprises(cast), *_wards(cast), *_assisted(cast)]


def _mandate(cast: Cast, **values: Any) -> dict[str, Any]:
    return {
        "id": "019f-1",
        "url": URL,
        "role": "handler",
        "own_role": "handler",
        "principal": _company(cast),
        "principal_id": "0195",
        "through": None,
        "holder": cast.say("赵强", "Zhao Qiang"),
        "is_mine": True,
        "items": [cast.say("不动产转移登记", "Transfer of property")],
        "starts_at": MORNING,
        "last_day": LAST_DAY,
        "status": "active",
        "reason": None,
        "ended_at": None,
        "single_use": False,
        "used_at": None,
        "waits_for_me": False,
        "waits_for_official": False,
        "may_end": True,
        "evidence_number": None,
    } | values


def _company(cast: Cast) -> str:
    return cast.say("杭州示例科技有限公司", "Hangzhou Example Technology Ltd.")


def _items(cast: Cast) -> list[dict[str, Any]]:
    return [
        {
            "code": "estate-transfer",
            "name": cast.say("不动产转移登记", "Transfer of property"),
            "ticked": True,
        },
        {
            "code": "estate-query",
            "name": cast.say("不动产登记资料查询", "Look-up of property"),
            "ticked": False,
        },
    ]


DATES = {"first": "2026-03-09", "last": "2027-03-08", "proposed": "2026-04-07"}


def _mandates(cast: Cast) -> list[Sample]:
    mine = {"person": cast.person, "action": "/account/x", "back_url": "/account/mandates"}
    waiting = _mandate(cast, status="proposed", waits_for_me=True)
    relative = _mandate(
        cast,
        role="relative",
        own_role="relative",
        is_mine=False,
        holder=cast.say("张小妹", "Zhang Xiaomei"),
        principal=cast.person.name,
        items=[],
        single_use=True,
        used_at=NOON,
    )
    ended = _mandate(cast, status="ended", ended_at=NOON, reason="new_representative", through=_company(cast))
    official = _mandate(cast, status="proposed", waits_for_official=True, role="ward_guardian", last_day=None)
    return [
        Sample(
            "mandates",
            "account/mandates.html",
            {
                **mine,
                "waiting": [waiting],
                "held": [_mandate(cast)],
                "asked": [official],
                "given": [relative],
                "ended": [ended],
                "assisted": [
                    {
                        "organization": cast.say("西湖区便民服务点", "Xihu agency point"),
                        "item": cast.say("不动产登记资料查询", "Look-up of property"),
                        "started_at": NOON,
                        "is_over": False,
                    }
                ],
                "notice": cast.say("授权已结束", "The mandate is ended"),
            },
        ),
        Sample(
            "mandates-none",
            "account/mandates.html",
            {**mine, "waiting": [], "held": [], "asked": [], "given": [], "ended": [], "assisted": []},
        ),
        Sample(
            "mandate-to-confirm",
            "account/mandate.html",
            {**mine, "mandate": waiting, "end_url": f"{URL}/end", "items_action": None, "item_choices": []},
        ),
        Sample(
            "mandate-to-allow",
            "account/mandate.html",
            {
                **mine,
                "mandate": relative | {"status": "proposed", "waits_for_me": True, "used_at": None},
                "end_url": f"{URL}/end",
                "items_action": None,
                "item_choices": [],
                "errors": {
                    "": cast.say("请先完成更高等级的实名认证", "Prove your name first: this role needs it")
                },
            },
        ),
        Sample(
            "mandate-of-guardian",
            "account/mandate.html",
            {
                **mine,
                "mandate": _mandate(cast, role="guardian", is_mine=False, items=[], may_end=False),
                "end_url": f"{URL}/end",
                "items_action": f"{URL}/items",
                "item_choices": _items(cast),
            },
        ),
        Sample(
            "mandate-for-official",
            "account/mandate.html",
            {
                **mine,
                "mandate": official
                | {"evidence_number": cast.say("（2026）浙0106民特12号", "(2026) Z0106 No. 12")},
                "end_url": f"{URL}/end",
                "items_action": None,
                "item_choices": [],
            },
        ),
        Sample("mandate-end", "account/mandate_end.html", {**mine, "mandate": relative}),
        Sample(
            "mandate-offer",
            "account/mandate_offer.html",
            {
                **mine,
                "dates": DATES,
                "item_choices": _items(cast),
                "values": {"direction": "offer", "scope": "all"},
            },
        ),
        Sample(
            "mandate-ask",
            "account/mandate_offer.html",
            {
                **mine,
                "dates": DATES,
                "item_choices": _items(cast),
                "values": {
                    "direction": "ask",
                    "scope": "named",
                    "holder": "zhangwei",
                    "expires_on": "2027-12-31",
                },
                "errors": {
                    "expires_on": cast.say("超过了最长期限", "This is longer than the role may last"),
                    "item": cast.say("请选择事项", "Name the items"),
                },
            },
        ),
    ]


def _enterprises(cast: Cast) -> list[Sample]:
    mine = {"person": cast.person, "action": "/account/x", "back_url": "/account/mandates"}
    company = {
        "id": "0195",
        "name": _company(cast),
        "uscc": "91330106MA28FAKE9N",
        "url": "/account/enterprises/0195",
    }
    states = (
        ("refused", "representative_mismatch", None),
        ("refused", "enterprise_dissolved", None),
        ("refused", "mismatch", None),
        ("undecided", "answer_contradictory", "/go"),
        ("waiting", "source_away", "/go"),
        ("approved", None, "/go"),
        ("cancelled", None, None),
    )
    handler = _mandate(cast, is_mine=False)
    return [
        Sample(
            "enterprises",
            "account/enterprises.html",
            {
                **mine,
                "enterprises": [company | {"role": "representative"}],
                "claims": [
                    {
                        "name": cast.say("杭州清风茶业有限公司", "Hangzhou Clear Wind Tea Ltd."),
                        "state": state,
                        "reason": reason,
                        "created_at": NOON,
                        "action": action,
                    }
                    for state, reason, action in states
                ],
                "claim_url": "/account/enterprises/claim",
            },
        ),
        Sample(
            "enterprise-claim",
            "account/enterprise_claim.html",
            {
                **mine,
                "own_name": cast.person.name,
                "errors": {"uscc": cast.say("代码有误，请核对", "This is no valid code")},
                "values": {"uscc": "91330106MA28FAKE9", "enterprise_name": _company(cast)},
            },
        ),
        Sample(
            "enterprise",
            "account/enterprise.html",
            {
                **mine,
                "enterprise": company,
                "own_role": "representative",
                "mandates": [handler, _mandate(cast, own_role="agency", role="agency", is_mine=False)],
                "more_url": "/account/enterprises/0195?before=1",
                "clients": [
                    {"id": "1", "name": _company(cast), "items": handler["items"], "mandate": handler},
                ],
                "appoints": ["handler"],
                "appoint_url": "/account/enterprises/0195/appoint",
            },
        ),
        Sample(
            "enterprise-appoint",
            "account/enterprise_appoint.html",
            {
                **mine,
                "enterprise": company,
                "roles": ["administrator", "handler", "agency"],
                "clients": [],
                "chosen_client": "",
                "dates": DATES,
                "item_choices": _items(cast),
                "values": {"role": "handler", "scope": "named"},
                "errors": {
                    "role": cast.say("请选择任命的身份", "Choose what they are to do"),
                    "holder": cast.say("没有相符的人", "There is nobody with this name"),
                    "uscc": cast.say("没有找到这家机构", "No firm with this code"),
                },
            },
        ),
        Sample(
            "enterprise-appoint-for-client",
            "account/enterprise_appoint.html",
            {
                **mine,
                "enterprise": company,
                "roles": ["handler"],
                "clients": [{"id": "1", "name": _company(cast)}],
                "chosen_client": "1",
                "dates": DATES,
                "item_choices": _items(cast),
                "values": {},
            },
        ),
    ]


def _wards(cast: Cast) -> list[Sample]:
    mine = {"person": cast.person, "action": "/account/x", "back_url": "/account/wards"}
    child = cast.say("刘一诺", "Liu Yinuo")

    def ward(acts: str, consents: str, role: str = "guardian", **values: Any) -> dict[str, Any]:
        changes = LAST_DAY if role == "guardian" else None
        extra = {"guardian_acts": acts, "consents": consents, "changes_at": changes}
        return _mandate(cast, role=role, own_role=role, principal=child, items=[]) | extra | values

    return [
        Sample(
            "wards",
            "account/wards.html",
            {
                **mine,
                "wards": [
                    ward("all", "guardian"),
                    ward("all", "child"),
                    ward("items", "child"),
                    ward("all", "guardian", "ward_guardian"),
                    ward("all", "guardian", "ward_guardian", status="proposed", waits_for_official=True),
                ],
                "child_url": "/account/wards/child",
                "adult_url": "/account/wards/adult",
            },
        ),
        Sample(
            "wards-none",
            "account/wards.html",
            {**mine, "wards": [], "child_url": "/account/wards/child", "adult_url": "/account/wards/adult"},
        ),
        Sample(
            "ward-child",
            "account/ward_child.html",
            {
                **mine,
                "errors": {"number": cast.say("登记中没有监护关系", "The register does not name you")},
                "values": {"name": child, "number": "330108201812319024"},
            },
        ),
        Sample("ward-adult", "account/ward_adult.html", {**mine, "dates": DATES}),
    ]


def _assisted(cast: Cast) -> list[Sample]:
    clerk = {
        "person": Thing(name=cast.say("吴杰", "Wu Jie")),
        "official": {
            "organization": cast.say("西湖区便民服务点", "Xihu agency point"),
            "division": cast.say("浙江省杭州市西湖区", "Xihu District, Hangzhou"),
            "roles": [cast.say("代办员", "agency clerk")],
        },
        "rooms": ["assist"],
        "here": "/assisted/019f",
        "site": cast.county.name,
        "item": cast.say("不动产登记资料查询", "Look-up of property"),
        "dies_at": NOON,
        "seconds_left": 90,
        "warn_seconds": 30,
        "phone_masked": "199****0001",
        "start_url": None,
        "mandates": [],
        "principal": None,
        "runs": False,
        "with_card": False,
    }
    cases = [
        {"site": cast.county.name, "item": clerk["item"], "created_at": NOON, "ran": ran, "reason": reason}
        for ran, reason in ((True, "done"), (True, "timed_out"), (False, "cancelled"), (True, None))
    ]
    return [
        Sample(
            "assist",
            "console/assist.html",
            {
                **clerk,
                "action": "/assisted",
                "services": [
                    {
                        "value": "county estate-query",
                        "site_name": cast.county.name,
                        "item_name": clerk["item"],
                    }
                ],
                "cases": cases,
                "values": {"principal": "199 0000 0001"},
                "errors": {"service": cast.say("请选择要办理的业务", "Choose the service they came for")},
            },
        ),
        Sample(
            "assist-no-service", "console/assist.html", {**clerk, "action": "/a", "services": [], "cases": []}
        ),
        Sample(
            "guardians",
            "console/guardians.html",
            {
                **clerk,
                "action": "/console/guardians",
                "ward": cast.person.name,
                "asked": [
                    {
                        "id": "1",
                        "holder": cast.say("陈立", "Chen Li"),
                        "number": cast.say("（2026）浙0106民特12号", "(2026) Z0106 No. 12"),
                        "until": LAST_DAY,
                        "action": "/console/guardians/1",
                    }
                ],
                "values": {"ward": "zhangwei"},
                "errors": {"reason": cast.say("请简要说明", "Say in a few words what you saw")},
            },
        ),
        Sample(
            "guardians-none",
            "console/guardians.html",
            {**clerk, "action": "/console/guardians", "ward": cast.person.name, "asked": []},
        ),
        Sample("assist-code", "console/assist_case.html", {**clerk, "back_url": "/assisted"}),
        Sample("assist-card", "console/assist_case.html", {**clerk, "with_card": True}),
        Sample(
            "assist-runs",
            "console/assist_case.html",
            {
                **clerk,
                "runs": True,
                "principal": cast.person.name,
                "start_url": "http://localhost:8003/login",
                "mandates": [{"id": "1", "holder": cast.say("张小妹", "Zhang Xiaomei")}],
            },
        ),
    ]
