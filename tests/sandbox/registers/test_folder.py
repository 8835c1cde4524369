"""The registers' folder: made once, for the owner's eyes."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from idp.sandbox.registers import folder
from idp.sandbox.registers.registry import Registry


def test_keys_are_made_once_and_the_public_one_is_given_away(tmp_path: Path) -> None:
    keys_file = tmp_path / "provider" / "jwks.json"
    first = folder.prepare(tmp_path / "registers", keys_file)
    content = keys_file.read_text(encoding="utf-8")
    second = folder.prepare(tmp_path / "registers", keys_file)
    assert first.register_key.thumbprint() == second.register_key.thumbprint()
    assert keys_file.read_text(encoding="utf-8") == content
    (public,) = json.loads(content)["keys"]
    assert "d" not in public
    assert public["kid"] == first.register_key.thumbprint()
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "registers").iterdir()}
    assert modes == {0o600}
    assert len({key.thumbprint() for key in (first.register_key, first.reader_key, first.wallet_key)}) == 3


def test_a_lost_public_key_comes_back(tmp_path: Path) -> None:
    folder.prepare(tmp_path / "registers", tmp_path / "jwks.json")
    (tmp_path / "jwks.json").write_text("{}", encoding="utf-8")
    made = folder.prepare(tmp_path / "registers", tmp_path / "jwks.json")
    assert made.register_key.thumbprint() in (tmp_path / "jwks.json").read_text(encoding="utf-8")


def test_many_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: folder.prepare(tmp_path / "registers"), range(8)))
    assert len({one.register_key.thumbprint() for one in made}) == 1


def test_what_was_switched_survives_a_restart(tmp_path: Path) -> None:
    prepared = folder.prepare(tmp_path / "registers")
    registry = Registry(prepared)
    someone = registry.citizens()[0]
    registry.change(someone.number, card="lost")
    assert Registry(prepared).citizens()[0].card == "lost"
    registry.restore(someone.number)
    assert Registry(prepared).citizens()[0] == someone
