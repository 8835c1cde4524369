"""Trust chains: an entity, its superiors, a trust anchor, what follows for the entity (OpenID Federation 1.0 §4, §10).

Pure: the statements are given, nothing is fetched. `verify` judges them and says what the entity's metadata is in the
end; a refusal says which step failed, about whom, and under whose rule. Which of several valid chains counts is decided
by `preference`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from joserfc.jwk import KeySet

from idp.federation import chain_links, chain_marks, chain_metadata, explanation
from idp.federation.chain_links import NO_KEYS
from idp.federation.chain_marks import OpenMark
from idp.federation.chain_refused import ChainRefused
from idp.federation.entity_statement import EntityStatement
from idp.federation.explanation import ExplainedChain, Step
from idp.federation.trust_mark import TrustMark

# Whoever verifies a chain meets both.
__all__ = ["ChainRefused", "TrustChain", "explain", "explain_refusal", "preference", "verify"]


@dataclass(frozen=True)
class TrustChain:
    """A verified chain. Times in seconds since 1970.

    ``path``: subject first, anchor last. ``metadata``: entity type → parameter → value, as it counts. ``open_marks``:
    trust marks that may count once their issuers' keys are known (``mark_issuers``). ``iat``: when the newest of its
    statements was made, ``expires_at``: when the first of them ends.
    """

    subject: str
    anchor: str
    path: tuple[str, ...]
    metadata: Mapping[str, Mapping[str, Any]] = field(repr=False, hash=False)
    trust_marks: tuple[TrustMark, ...]
    statements: tuple[EntityStatement, ...] = field(repr=False)
    iat: int
    expires_at: int
    steps: tuple[Step, ...] = field(default=(), repr=False, hash=False)
    open_marks: tuple[OpenMark, ...] = field(default=(), repr=False)

    @property
    def superior(self) -> str:
        """The authority right above the subject; empty when the subject is the anchor itself."""
        return self.path[1] if len(self.path) > 1 else ""

    @property
    def tokens(self) -> tuple[str, ...]:
        """The statements as they were signed, as `verify` and the ``trust_chain`` header take them."""
        return tuple(statement.token for statement in self.statements)

    def get_metadata(self, entity_type: str) -> Mapping[str, Any]:
        """Return what counts for the subject as one *entity_type*.

        Raises ChainRefused ``allowed_entity_types`` when a superior does not let it be one, ``entity_type`` when it
        does not say to be one.
        """
        if entity_type in self.metadata:
            return self.metadata[entity_type]
        for step in self.steps:
            if step.kind == explanation.ENTITY_TYPES and entity_type in step.value:
                refused = replace(step, outcome=explanation.REFUSED)
                raise ChainRefused.at(refused, self.steps)
        step = Step(
            explanation.CONFIGURATION,
            self.subject,
            outcome=explanation.REFUSED,
            rule="entity_type",
            value=entity_type,
        )
        raise ChainRefused.at(step, self.steps)


def verify(
    tokens: Sequence[str],
    anchors: Mapping[str, KeySet],
    now: int,
    *,
    audience: str | None = None,
    mark_issuers: Mapping[str, KeySet] = NO_KEYS,
    inactive_marks: Collection[str] = (),
) -> TrustChain:
    """Return the chain of *tokens*: the subject's configuration, the superiors' statements upward, the anchor's own.

    The last may be missing (§4), then no trust mark counts. *anchors*: the keys pinned for each trusted anchor.
    *audience*: whom the subject's configuration must be made for when it has an ``aud`` (explicit registration).
    *mark_issuers*: keys of trust mark issuers beyond the chain that are trusted below the same anchor.
    *inactive_marks*: trust marks that their issuers said are no longer active.
    Raises ChainRefused.
    """
    steps: list[Step] = []
    statements = chain_links.read(tokens, steps)
    anchor_keys = chain_links.check(statements, anchors, now, audience, steps)
    path = chain_links.path(statements)
    above = [one for one in statements[1:] if not one.is_configuration]
    metadata = chain_metadata.resolve(statements[0], above, path, steps)
    marks = chain_marks.verify(
        statements, {path[-1]: anchor_keys, **mark_issuers}, frozenset(inactive_marks), now, steps
    )
    return TrustChain(
        subject=path[0],
        anchor=path[-1],
        path=path,
        metadata=metadata,
        trust_marks=marks.verified,
        statements=tuple(statements),
        iat=max(one.iat for one in statements),
        expires_at=min(one.exp for one in statements),
        steps=tuple(steps),
        open_marks=marks.open,
    )


def preference(chain: TrustChain) -> tuple[int, str, tuple[str, ...]]:
    """Return the sort key by which one of several valid chains is chosen: the smallest counts (§10.3).

    Fewest entities, then the anchor's name, then the names along the path. Never a time: the choice decides which
    policies hold, so it must not change when a statement is renewed.
    """
    return len(chain.path), chain.anchor, chain.path


def explain(chain: TrustChain) -> ExplainedChain:
    """Return the chain as one of the ways that an explanation shows."""
    return ExplainedChain(
        path=chain.path,
        anchor=chain.anchor,
        steps=chain.steps,
        expires_at=chain.expires_at,
        metadata=chain.metadata,
        trust_marks=tuple(mark.type for mark in chain.trust_marks),
    )


def explain_refusal(path: Sequence[str], refused: ChainRefused) -> ExplainedChain:
    """Return a way that ended in a refusal; *path* as far as it is known."""
    return ExplainedChain(tuple(path), path[-1] if path else "", refused.steps, refused.refusal)
