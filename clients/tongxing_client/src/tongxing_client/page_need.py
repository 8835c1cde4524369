"""What a page needs of a login, and what to ask the provider for when it is not there. Pure."""

from dataclasses import dataclass

from tongxing_client import errors, session, step_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A level, a login within ``max_age`` seconds, a mandate for ``item``, a login that asked for ``scope`` too."""

    acr: tuple[str, ...] = ()
    max_age: int | None = None
    item: str = ""
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What the authorization request must say."""

    acr: tuple[str, ...] = ()
    max_age: int | None = None
    items: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    prompt: str | None = None


def find_ask(found: session.Session | None, need: Need, now: float) -> Ask | None:
    """What to ask for; None when the login will do.

    Raises ``StepUpNotReached`` or ``MandateMissing`` when it was asked for and did not come: asking again by itself
    would send the person round in circles.
    """
    # What the person took back is not asked for again by a page that does not need it.
    kept = () if found is None or found.withdrawn else found.asked_scope
    scope = tuple(dict.fromkeys((*kept, *need.scope)))
    if found is None or found.asks_again:
        return Ask(acr=need.acr, max_age=need.max_age, scope=scope)
    missing = step_up.find_missing(
        acr=found.acr, auth_time=found.auth_time, needed_acr=need.acr, max_age=need.max_age, now=now
    )
    lacks_scope = not set(need.scope) <= set(found.asked_scope)
    if missing is not None or lacks_scope:
        is_low = missing is not None and not step_up.satisfies(found.acr, need.acr)
        if is_low and need.acr and found.asked_acr == need.acr:
            raise errors.StepUpNotReached(f"asked for {' '.join(need.acr)}, got {found.acr}")
        return Ask(acr=need.acr, max_age=need.max_age, scope=scope)
    if need.item and not found.may(need.item):
        if need.item in found.asked_items:
            raise errors.MandateMissing(f"asked for a mandate for {need.item}, got another")
        return Ask(items=(need.item,), scope=scope, prompt="select_account")
    return None
