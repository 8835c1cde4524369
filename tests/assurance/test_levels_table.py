"""The published table of every P, A and level asked, and that docs/levels-table.md is that table."""

import itertools
import re

from idp.assurance import acr, levels_table, requested_level
from idp.assurance.policy import AUTHENTICATOR_LEVELS, LEVELS
from idp.assurance.requested_level import Asked, Outcome, Standing
from tests.assurance.worlds import PACKAGED
from tests.layout import tree

PAGE = tree.ROOT / "docs" / "levels-table.md"


def test_the_page_is_fresh() -> None:
    """Make it with `idp levels table config/assurance.toml > docs/levels-table.md`."""
    assert PAGE.read_text(encoding="utf-8") == levels_table.table(PACKAGED)


def test_the_page_has_every_combination_once_in_each_section() -> None:
    sections = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    assert len(sections) == len(levels_table.SECTIONS) + 1
    every = [(str(p), str(a)) for p in LEVELS for a in AUTHENTICATOR_LEVELS[1:]]
    for section in sections[:-1]:
        assert re.findall(r"^\| P(\d) \| A(\d) \|", section, re.MULTILINE) == every
        assert {line.count("|") for line in section.splitlines() if line.startswith("|")} == {12}


def test_a_cell_never_shows_more_than_the_session_has() -> None:
    for proofing, authenticator, fresh in itertools.product(LEVELS, AUTHENTICATOR_LEVELS, (True, False)):
        standing = Standing(proofing, authenticator, 3, 4, just_authenticated=fresh, assisted=False)
        for _name, values in levels_table.ASKED:
            cell = levels_table.answer(PACKAGED, values, standing)
            outcome = requested_level.decide(PACKAGED, Asked(values), standing).outcome
            if outcome is Outcome.SATISFIED:
                level = acr.find("urn:tongxing:" + cell.strip("`"))
                assert level is not None
                assert level <= min(proofing, PACKAGED.caps[authenticator], 4 if fresh else 3)
            else:
                assert cell == levels_table.WORDS[outcome]
