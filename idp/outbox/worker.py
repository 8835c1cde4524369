"""The background worker: delivers messages, a few at a time, and runs jobs by their timetable.

Any number of workers may run. A receiver that is slow or dead holds at most SHARE of a worker's THREADS, so
the others do not wait for it.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from idp import logs
from idp.db import db
from idp.errors import IdpError
from idp.outbox import delivery
from idp.outbox.job import Job, Timetable
from idp.outbox.message import ADDED, DeliveryFailed, Handler, OutboxMessage, TogetherHandler

THREADS = 8
SHARE = 2
POLL = 0.5  # seconds
AWAY = 2.0  # seconds until we ask a database again that was away

_log = logs.get(__name__)


class Worker:
    """Runs until `stop`. *context* opens an application context, *handlers* has one for each kind.

    Kinds that *together* has too are handled several at a time: one commit for all that were taken up at once.
    """

    def __init__(
        self,
        context: Callable[[], AbstractContextManager[Any]],
        handlers: Mapping[str, Handler],
        jobs: Sequence[Job] = (),
        together: Mapping[str, TogetherHandler] | None = None,
    ) -> None:
        self._context = context
        self._handlers = handlers
        self._together = together or {}
        self._timetable = Timetable(context, jobs)
        self._stopping = threading.Event()
        self._flying: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run in a background thread."""
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 10) -> bool:
        """Take nothing more up, let what is under way end; return whether it did in time."""
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join(timeout)
        return self._thread is None or not self._thread.is_alive()

    def ask_to_stop(self) -> None:
        """Stop soon, without waiting (safe in a signal handler)."""
        self._stopping.set()
        self._timetable.stop()
        ADDED.set()

    def run(self) -> None:
        """Deliver and run jobs until `stop` was called; then finish what is under way."""
        jobs = threading.Thread(target=self._timetable.run, name="worker-jobs", daemon=True)
        jobs.start()
        with ThreadPoolExecutor(THREADS, thread_name_prefix="worker") as pool:
            while not self._stopping.is_set():
                ADDED.wait(POLL)
                ADDED.clear()
                if not self._take_up(pool):
                    self._stopping.wait(AWAY)
        self._timetable.stop()
        jobs.join()

    def _take_up(self, pool: ThreadPoolExecutor) -> bool:
        try:
            with self._context():
                messages = self._claim()
        except (IdpError, SQLAlchemyError) as error:
            _log.warning("worker waits for the database", error=type(error).__name__)
            return False
        for kind, handler in self._together.items():
            if several := [message for message in messages if message.kind == kind]:
                pool.submit(self._deliver_together, handler, several)
        for message in messages:
            if message.kind not in self._together:
                pool.submit(self._deliver, message)
        if messages:
            # There may be more than we had room for.
            ADDED.set()
        return True

    def _claim(self) -> list[OutboxMessage]:
        with self._lock:
            flying = Counter(self._flying)
        room = THREADS - flying.total()
        if room <= 0 or self._stopping.is_set():
            return []
        messages = delivery.claim(room, flying, SHARE, self._together)
        alone = [message.receiver for message in messages if message.kind not in self._together]
        kinds = {message.kind for message in messages} & self._together.keys()
        with self._lock:
            # Each kind that is handled together needs one thread, and is nobody's share.
            self._flying.update([*alone, *("" for _ in kinds)])
        return messages

    def _deliver(self, message: OutboxMessage) -> None:
        try:
            with self._context():
                self._hand_over(message)
        except Exception:  # noqa: BLE001 - the worker goes on
            # Not written down: it comes due again by itself.
            _log.exception("outcome not recorded", kind=message.kind, message_id=str(message.id))
        finally:
            self._landed(message.receiver)

    def _deliver_together(self, handler: TogetherHandler, messages: Sequence[OutboxMessage]) -> None:
        try:
            with self._context():
                try:
                    handler(messages)
                    delivery.delivered_together(messages)
                except Exception as error:  # noqa: BLE001 - found out one by one whose mistake it is
                    db.session.rollback()
                    db.session.expunge_all()
                    _log.warning("handled one by one", kind=messages[0].kind, error=type(error).__name__)
                    for message in messages:
                        self._hand_over(message)
        except Exception:  # noqa: BLE001 - the worker goes on
            # Not written down: they come due again by themselves.
            _log.exception("outcome not recorded", kind=messages[0].kind)
        finally:
            self._landed("")

    def _landed(self, receiver: str) -> None:
        with self._lock:
            self._flying[receiver] -= 1
            self._flying += Counter()  # forgets zeros
        ADDED.set()

    def _hand_over(self, message: OutboxMessage) -> None:
        # An unknown kind may be one of a newer version that is being rolled out.
        handler = self._handlers.get(message.kind, _fail)
        try:
            with logs.bind_trace(str(message.id)):
                handler(message)
        except DeliveryFailed as error:
            db.session.rollback()
            delivery.failed(message, error.reason, retry=error.retry)
        except Exception as error:  # noqa: BLE001 - a handler's mistake is one message's failure
            db.session.rollback()
            _log.exception("handler failed", kind=message.kind, message_id=str(message.id))
            delivery.failed(message, type(error).__name__, retry=True)
        else:
            delivery.delivered(message)


def _fail(_message: OutboxMessage) -> None:
    raise DeliveryFailed(retry=True, reason="no handler for this kind")
