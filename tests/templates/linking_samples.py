"""Believable contexts for linking older accounts."""

from typing import Any

from tests.templates.cast import NOON, Cast
from tests.templates.sample import Sample


def linking(cast: Cast) -> list[Sample]:
    """The list, the three ways, and what can go wrong."""
    mine: dict[str, Any] = {"person": cast.person, "back_url": "/account/services"}
    back: dict[str, Any] = {"person": cast.person, "back_url": "/account/linked"}
    nothing: dict[str, Any] = {"linked": [], "services": [], "more_url": None}
    listed = {"code_url": "/account/linked/code", "unlink_action": "/account/linked/unlink"}
    linked = [
        {"client_id": "c", "site": cast.city, "masked": "******07", "how": "logged_in", "linked_at": NOON},
        {"client_id": "p", "site": cast.province, "masked": "******X4", "how": "imported", "linked_at": NOON},
    ]
    ways = {
        "site": cast.city,
        "client_id": "c",
        "log_in_action": "/account/linked/new/log-in",
        "check_action": "/account/linked/new/check",
        "question": cast.say("卡背面签名栏后的三位数字", "The three digits on the back of your card"),
        "code_url": "/account/linked/code",
        "errors": {},
        "values": {},
    }
    wrong = cast.say("与该服务登记的信息不一致", "This does not match what the service knows")
    confirm = {
        "site": cast.city,
        "masked": "******07",
        "value": "x",
        "proof": "y",
        "action": "/account/linked/return",
        "errors": {},
    }
    code = {"action": "/account/linked/code", "values": {}}
    no_code = cast.say("关联码不正确，或已过期", "This code is not right, or too old")
    gone = cast.say(
        "时间过长，或者不是由您开始的。请选择服务，重新开始",
        "This took too long, or was begun by somebody else. Choose the service and begin again",
    )
    return [
        Sample(
            "account-linked",
            "account/linked_accounts.html",
            {
                **mine,
                **listed,
                "linked": linked,
                "services": [{"url": "/account/linked/new?client_id=y", "site": cast.county}],
                "more_url": "/account/linked?after=y",
            },
        ),
        Sample("account-linked-none", "account/linked_accounts.html", {**mine, **listed, **nothing}),
        Sample("account-link", "account/link_account.html", {**back, **ways}),
        Sample(
            "account-link-wrong",
            "account/link_account.html",
            {**back, **ways, "log_in_action": None, "errors": {"answer": wrong}, "values": {"account": "7"}},
        ),
        Sample("account-link-code", "account/link_code.html", {**back, **code, "errors": {}}),
        Sample(
            "account-link-code-wrong", "account/link_code.html", {**back, **code, "errors": {"code": no_code}}
        ),
        Sample("account-link-confirm", "account/link_confirm.html", {**back, **confirm}),
        Sample(
            "account-link-gone",
            "account/link_gone.html",
            {"person": cast.person, "again_url": "/account/linked", "errors": {"": gone}},
        ),
    ]
