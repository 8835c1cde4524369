"""What a person is told beside a form when a room refuses what they sent: the field, and a sentence they can act on."""

from flask_babel import gettext as _

from idp.accounts import person
from idp.errors import IdpError, Unavailable, Upstream
from idp.settings import SETTINGS


def errors(error: IdpError, field: str | None = None) -> dict[str, str]:
    """Return the form's errors: field (empty: the whole form) and text. *field* overrides the room's name for it."""
    return {error.field if field is None else field: text(error)}


def status(error: IdpError) -> int:
    """Return the status of a form that is shown again; raises *error* when another service is away: no form helps."""
    if not isinstance(error, Unavailable | Upstream):
        return error.status
    if not error.code.startswith("sms_"):
        raise error
    return Unavailable.status


def text(error: IdpError) -> str:
    """Return the sentence in the person's language."""
    seconds = error.retry_after or 60
    sentence: str
    if error.code == "too_many_requests":
        sentence = _("Too many tries. Wait %(minutes)s minutes and try again", minutes=-(-seconds // 60))
    elif error.code == "code_just_sent":
        sentence = _(
            "A code was just sent. Wait %(seconds)s seconds before asking for another", seconds=seconds
        )
    elif error.code.startswith("sms_"):
        sentence = _("The message could not be sent. Try again in a minute")
    elif error.code == "password_too_short":
        least = SETTINGS.get().passwords.minimum_length
        sentence = _("The password needs at least %(count)s characters", count=least)
    elif error.code == "name_too_long":
        sentence = _("The name can have at most %(count)s characters", count=person.LONGEST_NAME)
    else:
        sentence = _(str(error.message))
    return sentence
