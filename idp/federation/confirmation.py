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
        self._forgotten = 0

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
            forgotten = self._forgotten
        asked = self._timer()
        left = [name for name, said in known.items() if said is None and away.get(name) is None]
        # What another chain brought must be had whole, not as "the same".
        answers = FETCHER.get().ask(
            [wanted[name][0].question() for name in left], deadline=deadline, known=True
        )
        heard = {
            name: self._hear(*wanted[name], answer, asked) for name, answer in zip(left, answers, strict=True)
        }
        away_now = {
            name for name, answer in zip(left, answers, strict=True) if answer.outcome == Outcome.AWAY
        }
        self._keep([one for name, one in heard.items() if one.token and name not in away_now], forgotten)
        said = {
            name: heard.get(name)
            or known[name]
            or _Said(away.get(name) or asked, wanted[name][1], wanted[name][0])
            for name in wanted
        }
        return [_confirmed(tokens, edges, said, asked) for tokens, edges in chains]

    def note(self, tokens: Sequence[str], edges: Sequence[Edge], asked: float, forgotten: int) -> None:
        """Remember what was just found by looking for the chain, unless anything was forgotten since."""
        found = [_Said(asked, token, edge) for edge, token in zip(edges, tokens[1:], strict=False)]
        self._keep(found, forgotten)

    def forget(self) -> None:
        """Ask everybody again."""
        with self._lock:
            self._forgotten += 1
            self._said.clear()

    def forgotten(self) -> int:
        """Return how often all was forgotten: for `note`."""
        return self._forgotten

    def _keep(self, said: Sequence[_Said], forgotten: int) -> None:
        with self._lock:
            # What was read before a change was announced must not outlive the announcement.
            if forgotten == self._forgotten:
                for one in said:
                    self._said.put((one.edge.superior_id, one.edge.entity_id), one)

    def _hear(self, edge: Edge, token: str, answer: Answer, asked: float) -> _Said:
        if answer.outcome == Outcome.AWAY:
            with self._lock:
                self._away.put(edge.superior_id, asked)
            return _Said(asked, token, edge)
        if answer.outcome == Outcome.SAME:
            return _Said(asked, token, edge)
        return _Said(asked, answer.token, replace(edge, etag=answer.etag))


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
