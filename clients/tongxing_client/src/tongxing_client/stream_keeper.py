"""Keep the stream of events alive in the background: set up, verified, fetched from, whatever happens meanwhile.

One daemon thread. The provider may be away when the site starts, or lose the stream: what failed is tried again,
slower and slower up to a minute; what stands is looked at every ten.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tongxing_client import errors, event_stream, shared_signals

_log = logging.getLogger(__name__)
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0


@dataclass(kw_only=True)
class _Heard:
    """What became of the tokens fetched last, to be told with the next question (RFC 8936 §2.4)."""

    acknowledged: list[str] = field(default_factory=list)
    refused: dict[str, Mapping[str, str]] = field(default_factory=dict)


class StreamKeeper:
    """``endpoints`` gives the provider's; ``wanted`` the stream. ``poll_seconds``: how often to fetch when idle."""

    def __init__(
        self,
        endpoints: Callable[[], event_stream.StreamEndpoints],
        signals: shared_signals.SharedSignals,
        wanted: event_stream.Wanted,
        *,
        poll_seconds: float = 2.0,
        check_seconds: float = 600.0,
    ) -> None:
        self._endpoints = endpoints
        self._signals = signals
        self._wanted = wanted
        self._poll_seconds = poll_seconds
        self._check_seconds = check_seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tongxing-stream", daemon=True)
        self.stream: event_stream.Stream | None = None

    @property
    def is_verified(self) -> bool:
        """Whether an event that we asked for has come all the way."""
        return self._signals.is_verified

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what is being done now."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def ensure(self) -> event_stream.Stream:
        """See that the stream is there, and have it verified when it has not been."""
        endpoints = self._endpoints()
        # Woken when the site starts; if somebody stops it later they will have a reason.
        self.stream = endpoints.ensure(self._wanted, wake=self.stream is None)
        if not self.is_verified:
            self._signals.expect(endpoints.ask_for_verification(self.stream.stream_id))
        return self.stream

    def fetch(self, poll_url: str) -> None:
        """Fetch what there is, until there is no more, and say what became of it."""
        heard, has_more = _Heard(), True
        while (has_more or heard.acknowledged or heard.refused) and not self._stopped.is_set():
            told = {*heard.acknowledged, *heard.refused}
            sets, has_more = self._endpoints().fetch_events(poll_url, heard.acknowledged, heard.refused)
            if not sets.keys() - told:
                # Nothing new: a provider that says the same for ever is asked again after a pause.
                return
            heard, failed = _Heard(), False
            for jti, token in sets.items():
                failed |= not self._hear(jti, token, heard)
            # What failed would come again at once.
            has_more = has_more and not failed

    def _hear(self, jti: str, token: str, heard: _Heard) -> bool:
        try:
            self._signals.hear(token)
        except errors.TokenInvalid as error:
            _log.warning("tongxing: security event refused: %s", error)
            heard.refused[jti] = {"err": shared_signals.error_code(error), "description": str(error)}
        except Exception as error:  # noqa: BLE001 - a handler of the site may raise anything; it comes again
            _log.warning("tongxing: security event not done, to be fetched again: %s", type(error).__name__)
            return False
        else:
            heard.acknowledged.append(jti)
        return True

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopped.is_set():
            try:
                self._watch(self.ensure())
                pause = _FIRST_PAUSE
            except Exception as error:  # noqa: BLE001 - a thread that dies would leave the site deaf
                known = isinstance(error, errors.TongxingError)
                _log.warning(
                    "tongxing: no stream of events for now, next try in %.0f s: %s",
                    pause,
                    error if known else type(error).__name__,
                )
                self._stopped.wait(pause)
                pause = min(_LONGEST_PAUSE, pause * 2)

    def _watch(self, stream: event_stream.Stream) -> None:
        """Stay with ``stream`` until it is time to look after it again."""
        if stream.poll_url is None:
            self._stopped.wait(self._check_seconds)
            return
        left = self._check_seconds
        while left > 0 and not self._stopped.is_set():
            self.fetch(stream.poll_url)
            self._stopped.wait(self._poll_seconds)
            left -= self._poll_seconds
