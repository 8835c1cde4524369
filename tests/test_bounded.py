from idp.bounded import Bounded


def test_the_one_used_longest_ago_goes_first() -> None:
    kept: Bounded[str, int] = Bounded(2, 10)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c"), len(kept)) == (1, None, 3, 2)


def test_an_entry_ends() -> None:
    now = [0.0]
    kept: Bounded[str, int] = Bounded(2, 10, lambda: now[0])
    kept.put("a", 1)
    now[0] = 9.9
    assert kept.get("a") == 1
    now[0] = 10.0
    assert kept.get("a") is None
    assert len(kept) == 0


def test_entries_are_forgotten_one_by_one_or_all() -> None:
    kept: Bounded[str, int] = Bounded(5, 10)
    for name in "abc":
        kept.put(name, 1)
    kept.forget("a")
    kept.forget("unknown")
    assert len(kept) == 2
    kept.clear()
    assert len(kept) == 0
