"""What a suspension cuts off, counted: all below, who keeps another way, and where counting ends."""

import itertools

import pytest

from idp.db import commit
from idp.federation import below, hosted_entity, subordinate, suspension
from idp.federation.below import Below
from idp.federation.hosted_entity import INTERMEDIATE
from tests.provider import ISSUER, Provider, counted

AUTHORITY, RP = "federation_entity", "openid_relying_party"
KEYS = {"keys": [{"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}]}
_numbers = itertools.count(1)


class Tree:
    """A tree of one's own: ``grow("a", "b")`` puts b below a; names in capitals are authorities."""

    def __init__(self) -> None:
        self._number = next(_numbers)

    def id(self, name: str) -> str:
        return f"{ISSUER}/authorities/below{self._number}-{name}"

    def grow(self, superior: str, *names: str) -> None:
        for name in (superior, *names):
            if name.isupper() and hosted_entity.find(self.id(name)) is None:
                hosted_entity.create(self.id(name), kind=INTERMEDIATE, names={})
        for name in names:
            is_authority = name.isupper()
            subordinate.put(
                self.id(superior),
                self.id(name),
                entity_types=[AUTHORITY if is_authority else RP],
                jwks=None if is_authority else KEYS,
                is_intermediate=is_authority,
            )
        commit()

    def count(self, superior: str, name: str) -> Below:
        return below.count(self.id(superior), self.id(name))


def test_everything_below_is_counted(either: Provider) -> None:
    with either.context():
        tree = Tree()
        tree.grow("P", "C")
        tree.grow("C", "X", "a", "b")
        tree.grow("X", "c")
        assert tree.count("P", "C") == Below(authorities=2, sites=3, others=0, is_whole=True)
        assert tree.count("C", "a") == Below(authorities=0, sites=1, others=0, is_whole=True)


def test_who_has_another_superior_may_go_on_with_all_below(either: Provider) -> None:
    with either.context():
        tree = Tree()
        tree.grow("P", "C")
        tree.grow("C", "X", "a", "b")
        tree.grow("X", "c")
        tree.grow("M", "a", "X")
        assert tree.count("P", "C").others == 3
        suspension.suspend(tree.id("M"), tree.id("X"), reason="x", by="operator:test")
        commit()
        # One that is suspended there too keeps nothing.
        assert tree.count("P", "C").others == 1


def test_what_is_suspended_already_is_not_cut_off_again(either: Provider) -> None:
    with either.context():
        tree = Tree()
        tree.grow("P", "C")
        tree.grow("C", "a", "b")
        suspension.suspend(tree.id("C"), tree.id("a"), reason="x", by="operator:test")
        commit()
        assert tree.count("P", "C").sites == 1


def test_a_ring_ends(either: Provider) -> None:
    with either.context():
        tree = Tree()
        tree.grow("P", "C")
        tree.grow("C", "X")
        tree.grow("X", "C", "a")
        # Who vouches for C besides is cut off with it.
        assert tree.count("P", "C") == Below(authorities=2, sites=1, others=0, is_whole=True)


def test_counting_is_bounded(either: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    with either.context():
        tree = Tree()
        tree.grow("P", "C")
        tree.grow("C", *(f"s{number}" for number in range(30)))
        monkeypatch.setattr(below, "MOST", 10)
        found = tree.count("P", "C")
        assert not found.is_whole
        assert found.sites == 10


def test_the_queries_grow_with_the_depth_alone(either: Provider) -> None:
    with either.context():
        tree = Tree()
        tree.grow("P", "C")
        tree.grow("C", "a")
        with counted(either.app) as few:
            tree.count("P", "C")
        tree.grow("C", *(f"s{number}" for number in range(40)))
        with counted(either.app) as many:
            tree.count("P", "C")
        assert len(many.statements) == len(few.statements)


def test_who_stands_above(either: Provider) -> None:
    with either.context():
        tree = Tree()
        tree.grow("P", "C")
        tree.grow("C", "X")
        assert below.stands_above(tree.id("P"), tree.id("X"))
        assert below.stands_above(tree.id("X"), tree.id("X"))
        assert not below.stands_above(tree.id("X"), tree.id("P"))
        tree.grow("X", "P")
        assert below.stands_above(tree.id("X"), tree.id("P"))
