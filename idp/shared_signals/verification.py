"""A verification event: the receiver asks for one to see that its stream works (SSF 1.0 §8.1.4)."""

from idp import clock, rate_limit
from idp.errors import InvalidInput
from idp.shared_signals import event_types, security_event, security_event_token
from idp.shared_signals.security_event import Told
from idp.shared_signals.stream import Stream

# Between two requests of one stream, in seconds (``min_verification_interval``), and how many are borne all the same:
# a system of several processes asks once for each when it starts.
INTERVAL = 60
BORNE = 10
LONGEST_STATE = 1000


def ask(stream: Stream, state: object) -> None:
    """Add the event; raises InvalidInput, TooMany. The caller commits."""
    if state is not None and not (isinstance(state, str) and len(state) <= LONGEST_STATE):
        raise InvalidInput("invalid_request", detail=f"state must be a text of at most {LONGEST_STATE}")
    rate_limit.check(f"signal_verification:{stream.id}", BORNE, INTERVAL)
    members = {"state": state} if state is not None else {}
    subject = security_event_token.of_stream(str(stream.id))
    security_event.add(stream, Told(event_types.VERIFICATION, subject, members, clock.now()))
