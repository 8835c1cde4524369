"""What the gateway itself refuses, in both languages."""

from tongxing_client import error_page, errors

_TEXTS = {
    "no_rule": (
        ("这个页面没有开放", "网站没有开放这个地址，请返回首页。"),
        ("This page is not open", "The site does not offer this address. Please go back to its home page."),
    ),
    "no_service": (
        ("没有说明要去哪个系统", "请从您要使用的系统进入登录。"),
        ("No system was named", "Please begin at the system that you want to use."),
    ),
    "service_not_listed": (
        ("这个系统没有接入", "发起登录的系统不在接入名单里，没有向它提供任何信息。请联系该系统的管理员。"),
        (
            "This system is not connected",
            "The system that sent you here is not on the list, and was told nothing. Please contact its operator.",
        ),
    ),
}


class Refused(errors.TongxingError):
    """The gateway will not go on; ``code`` is one of the words above."""

    status = 403

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def describe(refused: Refused, reference: str) -> error_page.Problem:
    """What to tell the person."""
    zh, en = _TEXTS[refused.code]
    return error_page.Problem(
        status=refused.status, code=refused.code, reference=reference, zh=zh, en=en, can_retry=False
    )
