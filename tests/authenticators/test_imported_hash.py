"""Hashes of other systems: published vectors, costs that are refused, and text that is none."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.authenticators import imported_hash
from idp.errors import InvalidInput

SHA256_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
# GB/T 32905-2016, A.1.
SM3_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
# RFC 7914 §11 and the widely used vectors for SHA-1 of RFC 6070 §2.
PBKDF2_SHA256 = bytes.fromhex("120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b")
PBKDF2_SHA1 = bytes.fromhex("4b007901b765489abead49d926f721d065a429c1")


def b64(text: bytes) -> str:
    return base64.b64encode(text).decode()


def ab64(text: bytes) -> str:
    return b64(text).rstrip("=").replace("+", ".")


VECTORS = {
    # From the tests of the first Java implementation.
    "bcrypt": ("", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."),
    "bcrypt of PHP": ("abc", "$2y$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"),
    "Django": ("password", f"pbkdf2_sha256$1$salt${b64(PBKDF2_SHA256)}"),
    "Django, SHA-1": ("password", f"pbkdf2_sha1$4096$salt${b64(PBKDF2_SHA1)}"),
    "passlib": ("password", f"$pbkdf2-sha256$1${ab64(b'salt')}${ab64(PBKDF2_SHA256)}"),
    "passlib, SHA-1": ("password", f"$pbkdf2$4096${ab64(b'salt')}${ab64(PBKDF2_SHA1)}"),
    "PHC": ("password", f"$pbkdf2-sha256$i=1,l=32${ab64(b'salt')}${ab64(PBKDF2_SHA256)}"),
    "SHA-256, salt first": ("bc", f"sha256$a${SHA256_ABC}"),
    "SHA-256 of LDAP": ("ab", "{SSHA256}" + b64(bytes.fromhex(SHA256_ABC) + b"c")),
    "SM3, salt first": ("bc", f"sm3$a${SM3_ABC.upper()}"),
    "SM3 as LDAP writes it": ("ab", "{SSM3}" + b64(bytes.fromhex(SM3_ABC) + b"c")),
}


@pytest.mark.parametrize(("password", "text"), VECTORS.values(), ids=VECTORS)
def test_published_vectors_are_computed_again(password: str, text: str) -> None:
    imported = imported_hash.read(text)
    assert imported.recipe.compute(password) == imported.digest
    assert imported.recipe.compute(f"{password}x") != imported.digest
    kept = imported_hash.recall(imported_hash.stored(imported, "$argon2id$…"))
    assert kept == (imported.recipe, "$argon2id$…")


@pytest.mark.parametrize("text", [text for _, text in VECTORS.values()], ids=VECTORS)
def test_neither_digest_nor_salt_shows(text: str) -> None:
    shown = repr(imported_hash.read(text))
    assert "digest" not in shown
    assert "salt" not in shown


SALT = "DCq7YPn5Rq63x1Lad4cll."
REFUSED = {
    "bcrypt cost 31": (f"$2b$31${SALT}{'a' * 31}", "too_costly"),
    "bcrypt cost 14": (f"$2b$14${SALT}{'a' * 31}", "too_costly"),
    "bcrypt cost 3": (f"$2b$03${SALT}{'a' * 31}", "too_costly"),
    "PBKDF2, a milliard rounds": (f"pbkdf2_sha256$1000000000$salt${b64(bytes(32))}", "too_costly"),
    "PBKDF2, one too many": (f"pbkdf2_sha512$1500001$salt${b64(bytes(64))}", "too_costly"),
    "PBKDF2, no rounds": (f"pbkdf2_sha256$0$salt${b64(bytes(32))}", "too_costly"),
    "passlib, a milliard rounds": (
        f"$pbkdf2-sha512$1000000000${ab64(b'salt')}${ab64(bytes(64))}",
        "too_costly",
    ),
    "PBKDF2, a key of a megabyte": (f"pbkdf2_sha256$1$salt${b64(bytes(1 << 20))}", "too_long"),
    "PBKDF2, a long key": (f"pbkdf2_sha256$1$salt${b64(bytes(65))}", "malformed"),
    "PBKDF2, a short key": (f"pbkdf2_sha256$1$salt${b64(bytes(8))}", "malformed"),
    "no salt at all": ("{SSHA256}" + b64(bytes(32)), "malformed"),
    "less than a digest": ("{SSM3}" + b64(bytes(31)), "malformed"),
    "not base64": ("{SSHA256}A", "malformed"),
    "plain MD5": ("5f4dcc3b5aa765d61d8327deb882cf99", "unknown"),
    "unsalted SHA-256": (SHA256_ABC, "unknown"),
    "our own": ("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", "unknown"),
    "what we keep": ("imported sha256:1:sha256:32:first:YQ== x", "unknown"),
    "the password itself": ("correct-horse", "unknown"),
    "nothing": ("", "unknown"),
    "MD5 of crypt": ("$1$abc$0123456789012345678901", "unknown"),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_too_costly_or_none_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        imported_hash.read(text)
    assert refused.value.code == f"password_hash_{reason}"
    assert refused.value.field == "password_hash"
    assert not text or text not in str(refused.value.message)


@given(
    st.text()
    | st.from_regex(r"\A\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}\Z")
    | st.from_regex(r"\A\$pbkdf2(-sha(1|256|512))?\$[^$]{1,10}\$[^$]{0,30}\$[A-Za-z0-9./+]{0,90}\Z")
    | st.from_regex(r"\A\{S(SHA256|SM3)\}[A-Za-z0-9+/]{0,120}={0,2}\Z")
)
def test_any_text_is_a_hash_of_bounded_cost_or_refused(text: str) -> None:
    try:
        imported = imported_hash.read(text)
    except InvalidInput:
        return
    assert (imported.recipe.work or 0) < 2_000
    kept = imported_hash.recall(imported_hash.stored(imported, "h"))
    assert kept == (imported.recipe, "h")


@pytest.mark.parametrize(
    "kept",
    [
        "imported bcrypt:31:sha256:32:first:YQ== h",
        "imported pbkdf2:1000000000:sha256:32:first:YQ== h",
        "imported pbkdf2:1:sha256:4000000:first:YQ== h",
        "imported md5:1:sha256:32:first:YQ== h",
        "imported x h",
        "imported",
    ],
)
def test_a_row_that_was_changed_is_not_computed(kept: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever part of it is broken
        imported_hash.recall(kept)


def test_a_hash_of_our_own_was_not_imported() -> None:
    assert imported_hash.recall("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA") is None


def test_bcrypt_reads_as_much_as_it_always_did() -> None:
    """Where people could type more, the other system cut it; the library of today would refuse it instead."""
    imported = imported_hash.read(VECTORS["bcrypt"][1])
    assert imported.recipe.compute("密" * 24 + "x") == imported.recipe.compute("密" * 24 + "y")


def test_the_slowest_kind_is_known_by_its_work() -> None:
    works = [
        imported_hash.read(text).recipe.work
        for text in (
            f"sha256$a${SHA256_ABC}",
            f"pbkdf2_sha256$260000$salt${b64(bytes(32))}",
            f"$2b$12${SALT}{'a' * 31}",
        )
    ]
    assert works == [None, 65, 226]
