"""Asking the superiors of a chain again whether they still stand behind it, each at most every few seconds.

OpenID Federation 1.0 has nothing quicker than a statement's end; here a suspension anywhere above an entity counts
within a minute. Superiors here are looked up, others asked by conditional GET. One that says "no such subordinate" ends
the chain at once; one that does not answer leaves it as it is, until its statements end.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from idp.bounded import Bounded
from idp.federation.discovery import Edge
from idp.federation.fetching import FETCHER, Answer, Outcome

# About 0.4 kB each; statements themselves are shared with the chains.
ENTRIES = 8000


@dataclass(frozen=True)
class Confirmed:
    """What the superiors of a chain said, each as lately as *asked* (monotonic) at least.

    *tokens*: the statements as they are now; *left_by*: the edge whose superior does not stand behind it any more.
    """

    tokens: tuple[str, ...]
    edges: tuple[Edge, ...]
    asked: float
    left_by: Edge | None = None


class _Said(NamedTuple):
    """When was asked, the statement as it is now (``""``: none), and where it came from."""

    asked: float
    token: str
    edge: Edge


class Confirmation:
    """What superiors said lately, for all chains of this process: most of their edges are the same."""

    def __init__(self, fresh: float, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._said: Bounded[tuple[str, str], _Said] = Bounded(ENTRIES, fresh, timer)
        # Superiors that did not answer are left in peace for as long.
        self._away: Bounded[str, float] = Bounded(ENTRIES, fresh, timer)
        self._lock = threading.Lock()

    def confirm(self, tokens: Sequence[str], edges: Sequence[Edge], *, deadline: float) -> Confirmed:
        """Ask about the chain with these statements, as far as that was not done just now."""
        return self.confirm_all([(tuple(tokens), tuple(edges))], deadline=deadline)[0]

    def confirm_all(
        self, chains: Sequence[tuple[tuple[str, ...], tuple[Edge, ...]]], *, deadline: float
    ) -> list[Confirmed]:
        """Ask about several chains, about what they share once."""
        wanted = {
            (edge.superior_id, edge.entity_id): (edge, token)
            for tokens, edges in chains
            for edge, token in zip(edges, tokens[1:], strict=False)
        }
        with self._lock:
            known = {name: self._said.get(name) for name in wanted}
            away = {name: self._away.get(edge.superior_id) for name, (edge, _) in wanted.items() if edge.url}
        asked = self._timer()
        left = [name for name, said in known.items() if said is None and away.get(name) is None]
        # What another chain brought must be had whole, not as "the same".
        answers = FETCHER.get().ask(
            [wanted[name][0].question() for name in left], deadline=deadline, known=True
        )
        heard = {
            name: self._hear(*wanted[name], answer, asked) for name, answer in zip(left, answers, strict=True)
        }
        said = {
            name: heard.get(name)
            or known[name]
            or _Said(away.get(name) or asked, wanted[name][1], wanted[name][0])
            for name in wanted
        }
        return [_confirmed(tokens, edges, said, asked) for tokens, edges in chains]

    def note(self, tokens: Sequence[str], edges: Sequence[Edge], asked: float) -> None:
        """Remember what was just found by looking for the chain."""
        with self._lock:
            for edge, token in zip(edges, tokens[1:], strict=False):
                self._said.put((edge.superior_id, edge.entity_id), _Said(asked, token, edge))

    def forget(self) -> None:
        """Ask everybody again."""
        with self._lock:
            self._said.clear()

    def _hear(self, edge: Edge, token: str, answer: Answer, asked: float) -> _Said:
        if answer.outcome == Outcome.AWAY:
            with self._lock:
                self._away.put(edge.superior_id, asked)
            return _Said(asked, token, edge)
        now = "" if answer.outcome == Outcome.ABSENT else answer.token or token
        said = _Said(asked, now, edge if answer.outcome == Outcome.SAME else replace(edge, etag=answer.etag))
        if now:
            with self._lock:
                self._said.put((edge.superior_id, edge.entity_id), said)
        return said


def _confirmed(
    tokens: Sequence[str],
    edges: Sequence[Edge],
    said: dict[tuple[str, str], _Said],
    now: float,
) -> Confirmed:
    heard = [said[edge.superior_id, edge.entity_id] for edge in edges]
    left_by = next((one.edge for one in heard if not one.token), None)
    return Confirmed(
        tokens=(tokens[0], *(one.token for one in heard), *tokens[len(edges) + 1 :]),
        edges=tuple(one.edge for one in heard),
        asked=min((one.asked for one in heard), default=now),
        left_by=left_by,
    )
