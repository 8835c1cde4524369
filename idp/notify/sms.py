"""Text messages: posted as JSON to the gateway of ``settings.sms`` (docs/sms-gateway.md).

Numbers and texts are secrets here: neither is logged, nor part of an error.
"""

from collections.abc import Mapping

import httpx

from idp import logs, outgoing
from idp.errors import Unavailable, Upstream
from idp.notify import sms_texts
from idp.settings import SETTINGS
from idp.uuid7 import uuid7

LOCALES = {"zh_Hans": "zh-Hans", "en": "en"}  # ours, and as BCP 47 says it

_log = logs.get(__name__)


def send(phone: str, template: str, values: Mapping[str, str], locale: str) -> None:
    """Have the text *template* sent to *phone* (E.164); returns when the gateway has taken it.

    Raises Unavailable ``sms_unavailable`` when trying again may help, else Upstream ``sms_refused``. Never
    tries again by itself: a person waits, and would rather press the button than get two codes.
    """
    settings = SETTINGS.get().sms
    reference = str(uuid7())
    message = {
        "to": phone,
        "template": template,
        "values": dict(values),
        "text": sms_texts.TEXTS[template][locale].format(**values),
        "locale": LOCALES[locale],
        "reference": reference,
    }
    headers = {"Authorization": f"Bearer {settings.token}"} if settings.token else {}
    try:
        status = outgoing.post(settings.url, seconds=settings.timeout, json=message, headers=headers)
    except httpx.HTTPError as error:
        raise _unavailable(type(error).__name__, reference) from None
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise _unavailable(f"HTTP {status}", reference)
    if not httpx.codes.is_success(status):
        _log.error("sms refused", status=status, reference=reference)
        raise Upstream("sms_refused", detail=f"HTTP {status}")


def _unavailable(reason: str, reference: str) -> Unavailable:
    _log.warning("sms gateway unavailable", reason=reason, reference=reference)
    return Unavailable("sms_unavailable", detail=reason, retry_after=30)
