"""Ways to a level: the highest one that is complete, and what is missing for a higher one. Pure."""

from collections.abc import Collection, Mapping

from idp.assurance.policy import Route


def highest(routes: tuple[Route, ...], held: Collection[str]) -> int:
    """Return the level of the best complete way; 0 when none is. *routes* stand highest first."""
    for route in routes:
        if route.needs.issubset(held):
            return route.level
    return 0


def missing(
    routes: tuple[Route, ...], held: Collection[str], wanted: int, efforts: Mapping[str, int]
) -> tuple[frozenset[str], ...]:
    """Return what is still to be got for *wanted*, one set for each way, the easiest first.

    Nothing when it is reached already, or cannot be. A way that asks for all of another one and more is left out.
    """
    held = frozenset(held)
    if wanted <= highest(routes, held):
        return ()
    sets = {route.needs - held for route in routes if route.level >= wanted}
    least = [one for one in sets if not any(other < one for other in sets)]

    def order(one: frozenset[str]) -> tuple[int, int, list[str]]:
        return sum(efforts[code] for code in one), len(one), sorted(one)

    return tuple(sorted(least, key=order))
