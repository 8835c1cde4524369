"""What a site says when a request cannot be served, in both languages."""

from tongxing_client import error_page

_SERVER_ERROR = 500
_TEXTS = {
    400: (
        ("请求无法处理", "请求的内容不正确，请返回首页重试。"),
        ("Bad request", "Please start again at the home page."),
    ),
    404: (
        ("没有这个页面", "地址可能写错了，或页面已经移走。"),
        ("No such page", "The address may be mistyped, or the page has moved."),
    ),
    500: (
        ("网站出了问题", "不是您的错，请稍后再试。"),
        ("Something went wrong here", "It is not your fault. Please try again soon."),
    ),
}


def describe(status: int) -> error_page.Problem:
    """The page for an HTTP status."""
    zh, en = _TEXTS.get(status) or _TEXTS[500 if status >= _SERVER_ERROR else 400]
    return error_page.Problem(
        status=status, code=f"http_{status}", reference="", zh=zh, en=en, can_retry=False
    )
