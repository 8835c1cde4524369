"""What streams and their events are called on the console's pages."""

from flask_babel import gettext as _

from idp.outbox.signal import Signal
from idp.shared_signals import event_types, security_event, stream


def status(code: str) -> str:
    """Return the name of a stream's status."""
    names: dict[str, str] = {
        stream.ENABLED: _("on"),
        stream.PAUSED: _("paused"),
        stream.DISABLED: _("off"),
    }
    return names.get(code, code)


def event_type(uri: str) -> str:
    """Return what an event tells, in words; the URI itself where there are none."""
    signals: dict[Signal, str] = {
        Signal.ACCOUNT_DISABLED: _("An account was locked"),
        Signal.ACCOUNT_PURGED: _("An account was closed"),
        Signal.ASSURANCE_LEVEL_CHANGE: _("A person's level changed"),
        Signal.CONSENT_WITHDRAWN: _("A person took back a consent"),
        Signal.CREDENTIAL_CHANGE: _("A way of signing in changed"),
        Signal.DELETION_REQUESTED: _("A person asks to have data deleted"),
        Signal.IDENTIFIER_CHANGED: _("A person is reached or known differently"),
        Signal.SESSION_REVOKED: _("A login ended"),
    }
    names = {event_types.TYPES[signal]: text for signal, text in signals.items()}
    names[event_types.VERIFICATION] = _("A test of the stream")
    names[event_types.STREAM_UPDATED] = _("The stream itself changed")
    return names.get(uri, uri)


def state(code: str) -> str:
    """Return how far an event has come."""
    names: dict[str, str] = {
        security_event.WAITING: _("waits"),
        security_event.HELD: _("waits for the end of the pause"),
        security_event.DELIVERED: _("fetched, not confirmed"),
        security_event.ACKNOWLEDGED: _("confirmed"),
        security_event.FAILED: _("not arrived"),
        security_event.DROPPED: _("not sent: the stream was off"),
    }
    return names.get(code, code)
