import base64
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.keys import master_key
from idp.keys.master_key import Cipher, MasterKeyError

CIPHER = Cipher(bytes(range(32)))


@given(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_opens_in_its_place_only(plain: bytes, context: str) -> None:
    sealed = CIPHER.seal(plain, context)
    assert sealed.isascii()
    assert CIPHER.open(sealed, context) == plain
    with pytest.raises(MasterKeyError):
        CIPHER.open(sealed, f"{context}x")


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert CIPHER.seal(b"13800000000", "phone") != CIPHER.seal(b"13800000000", "phone")


@given(st.integers(0, 60), st.integers(1, 255))
def test_a_changed_byte_is_noticed(position: int, change: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(CIPHER.seal(b"x" * 40, "place").removeprefix("v1.")))
    raw[position % len(raw)] ^= change
    with pytest.raises(MasterKeyError, match="place"):
        CIPHER.open("v1." + base64.urlsafe_b64encode(bytes(raw)).decode(), "place")


@given(st.text())
def test_anything_else_does_not_open(text: str) -> None:
    with pytest.raises(MasterKeyError):
        CIPHER.open(text, "place")
    with pytest.raises(MasterKeyError):
        CIPHER.open(f"v1.{text}", "place")


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(MasterKeyError):
        Cipher(os.urandom(32)).open(CIPHER.seal(b"x", "place"), "place")


def test_the_key_is_not_shown() -> None:
    assert "\\x" not in repr(CIPHER)
    assert str(CIPHER.key) not in repr(CIPHER)


def test_a_new_key_is_for_its_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "master.key"
    master_key.create(file)
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    with pytest.raises(FileExistsError):
        master_key.create(file)
    assert file.read_bytes() == before
    assert len(master_key.load(file).key) == 32


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_a_group_may_read_it(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "master.key"
    master_key.create(file)
    file.chmod(mode)
    master_key.load(file)


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o620, 0o602, 0o660])
def test_a_key_that_others_may_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "master.key"
    master_key.create(file)
    file.chmod(mode)
    with pytest.raises(MasterKeyError, match="chmod 600"):
        master_key.load(file)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no master key"),
        (b"", "0 bytes"),
        (base64.b64encode(b"short"), "5 bytes"),
        (b"not base64 !!!", "base64"),
        ("钥匙".encode(), "base64"),
    ],
)
def test_a_missing_or_malformed_key_is_named(tmp_path: Path, content: bytes | None, reason: str) -> None:
    file = tmp_path / "master.key"
    if content is not None:
        file.touch(0o600)
        file.write_bytes(content)
    with pytest.raises(MasterKeyError, match=reason):
        master_key.load(file)


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError, match="cannot be read"):
        master_key.load(tmp_path)
