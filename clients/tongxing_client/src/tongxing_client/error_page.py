"""Tell a person in plain Chinese and English what went wrong and what to do next."""

from dataclasses import dataclass
from html import escape

from tongxing_client import errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a page shows, title and text in both languages; ``reference`` is what the log has it under."""

    status: int
    code: str
    reference: str
    zh: tuple[str, str]
    en: tuple[str, str]
    can_retry: bool = True


_UNAVAILABLE = (
    ("登录服务暂时无法使用", "我们连接不上统一身份认证平台。请稍后再试。"),
    ("Login is unavailable right now", "The identity provider cannot be reached. Please try again soon."),
)
_TEXTS: tuple[tuple[type[errors.TongxingError], tuple[tuple[str, str], tuple[str, str]]], ...] = (
    (errors.ProviderUnavailable, _UNAVAILABLE),
    (errors.ProviderBusy, _UNAVAILABLE),
    (
        errors.AccessDenied,
        (
            ("您没有同意登录", "没有向本站提供任何信息。如需办理业务，请重新登录。"),
            ("You did not agree", "Nothing was shared with this site. To use the service, log in again."),
        ),
    ),
    (
        errors.UnmetAuthenticationRequirements,
        (
            ("您的认证等级不够", "这项业务需要更高的认证等级，请先在统一身份认证平台提升等级。"),
            ("A higher level is needed", "Please raise your level at the identity provider first."),
        ),
    ),
    (
        errors.SiteRefused,
        (
            (
                "本站暂时不能使用通行登录",
                "统一身份认证平台目前不接受本站的登录请求。这不是您的问题，您的账号不受影响。请稍后再试，或与本站联系。",
            ),
            (
                "Logging in here is not possible right now",
                "The identity provider does not accept this site now. Nothing is wrong with your account. Try later.",
            ),
        ),
    ),
    (
        errors.StepUpNotReached,
        (
            ("还没有达到所需的等级", "统一身份认证平台没有给出这项业务需要的等级。"),
            ("The level was not reached", "The provider did not give the level that this service needs."),
        ),
    ),
    (
        errors.MandateMissing,
        (
            ("您的授权不包含此事项", "请以本人名义办理，或请单位管理员、当事人为您办理包含此事项的授权。"),
            (
                "Your mandate does not cover this",
                "Go on in your own name, or ask for a mandate that covers it.",
            ),
        ),
    ),
    (
        errors.StateUnknown,
        (
            ("这次登录已失效", "登录链接已经用过、过期，或不是在这个浏览器里开始的。请重新登录。"),
            ("This login is over", "The link was used, has expired, or began in another browser."),
        ),
    ),
    (
        errors.LoginNeeded,
        (
            ("请先登录", "您还没有登录，或登录已经结束。"),
            ("Please log in", "Nobody is logged in, or the login has ended."),
        ),
    ),
    (
        errors.WrongSettings,
        (
            ("本站设置有误", "请联系本站的管理员。"),
            ("This site is set up wrongly", "Please contact its operator."),
        ),
    ),
    (
        errors.TongxingError,
        (
            ("登录没有完成", "为了您的安全，这次登录没有被接受。请重新登录。"),
            ("The login was not completed", "To keep you safe, it was not accepted. Please log in again."),
        ),
    ),
)
_NO_RETRY = (errors.WrongSettings, errors.UnmetAuthenticationRequirements)


def describe(error: errors.TongxingError, reference: str) -> Problem:
    """What to tell about ``error``; its private detail stays in the log under ``reference``."""
    zh, en = next(texts for kind, texts in _TEXTS if isinstance(error, kind))
    return Problem(
        status=error.status,
        code=error.code,
        reference=reference,
        zh=zh,
        en=en,
        can_retry=not isinstance(error, _NO_RETRY),
    )


def render(problem: Problem, login_path: str) -> str:
    """A plain page without scripts or styles, for sites that give none of their own."""
    retry = f'<p><a href="{escape(login_path)}">重新登录 / Log in again</a></p>' if problem.can_retry else ""
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"> <meta
name="color-scheme" content="light dark"><title>{escape(problem.zh[0])} / {escape(problem.en[0])}</title>
</head><body><main id="error" data-error="{escape(problem.code)}" data-trace="{escape(problem.reference)}">
<h1>{escape(problem.zh[0])}</h1><p>{escape(problem.zh[1])}</p>
<div lang="en"><h2>{escape(problem.en[0])}</h2><p>{escape(problem.en[1])}</p></div>
{retry}
<p><a href="/">返回首页 / Home page</a></p>
<p>编号 / Reference: <code>{escape(problem.reference)}</code></p>
</main></body></html>
"""
