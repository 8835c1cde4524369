"""Explaining an entity's standing: every way upward is looked for anew and told step by step, whatever is remembered.

For operators and developers (`explanation` is what it says); limited like any look at an unknown entity.
"""

from idp import clock
from idp.federation import choice, discovery, trust_anchor, trust_chain
from idp.federation.choice import Judged
from idp.federation.explanation import ExplainedChain, Explanation
from idp.federation.fetching import FETCHER
from idp.federation.resolution import PATIENCE, Unreachable

# A ring of superiors has dead ends without number.
MOST_SHOWN = 50


def explain(entity_id: str) -> Explanation:
    """Return every way from the entity upward, each step's outcome, and which chain counts.

    Raises Unreachable when too many entities are looked into at this moment.
    """
    anchors = trust_anchor.all_anchors()
    with FETCHER.get().looking_into_stranger(PATIENCE) as free:
        if not free:
            raise Unreachable("federation_busy", detail="too many entities at one time", retry_after=5)
        found = discovery.discover(entity_id, anchors)
        judged = choice.judge(found, anchors, clock.timestamp())
    chosen = choice.best(judged)
    chains = [_explain(one) for one in judged]
    for end in found.dead_ends[: MOST_SHOWN - len(chains)]:
        refused = choice.dead_end(found, end)
        path = end.path if end.superior_id in {"", *end.path} else (*end.path, end.superior_id)
        chains.append(ExplainedChain(path or (entity_id,), "", refused.steps, refused.refusal))
    return Explanation(
        entity_id=entity_id,
        chains=tuple(chains),
        chosen=None if chosen is None else [one.candidate for one in judged].index(chosen[0]),
        refusal=None if chosen is not None else choice.refusal(found, judged).refusal,
    )


def _explain(one: Judged) -> ExplainedChain:
    if one.chain is not None:
        return trust_chain.explain(one.chain)
    assert one.refused is not None  # noqa: S101 - one of the two
    return trust_chain.explain_refusal(one.candidate.path, one.refused)
