"""Password hashes made by other systems, taken over with their people: which kinds, how costly, how they are computed.

What is kept is no fast hash: the other system's digest is hashed once more with Argon2id (`hasher`), so that a row of
salted SHA-256 is worth as little to a thief as any other. `read` takes a hash as it was exported; `Recipe` computes the
same digest from a password again. Costs have an upper limit: nobody's login may hold a core for seconds. Formats:
docs/linking.md. bcrypt: https://www.usenix.org/legacy/events/usenix99/provos.html; PBKDF2: RFC 8018 §5.2; SM3:
GB/T 32905-2016.
"""

import base64
import binascii
import hashlib
import math
import re
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes

from idp.errors import InvalidInput

BCRYPT, PBKDF2, SHA256, SM3 = "bcrypt", "pbkdf2", "sha256", "sm3"
SALT_FIRST, SALT_LAST = "first", "last"
MARK = "imported"
LONGEST = 512
# More than any system's default of today; beyond it, one login would hold a core for a second and more.
MOST_BCRYPT_COST = 13
LEAST_BCRYPT_COST = 4
MOST_PBKDF2_ROUNDS = 1_500_000
MOST_SALT = 128
DERIVED = range(16, 65)
DIGEST_BYTES = 32
# bcrypt reads no more of a password (and never did: systems that let people type more cut it).
BCRYPT_READS = 72
# Milliseconds on one core of a common machine, to tell which kind is the slowest; each process measures for itself.
_PBKDF2_MS = {"sha1": 250 / 1e6, "sha256": 250 / 1e6, "sha512": 560 / 1e6}
_BCRYPT_MS = 0.055

_BCRYPT = re.compile(r"\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})")
_DJANGO = re.compile(r"pbkdf2_(sha1|sha256|sha512)\$([0-9]{1,10})\$([^$\s]{1,128})\$([A-Za-z0-9+/]+={0,2})")
_PASSLIB = re.compile(
    r"\$pbkdf2(|-sha1|-sha256|-sha512)\$(?:i=)?([0-9]{1,10})(?:,l=[0-9]{1,3})?\$([A-Za-z0-9+/.]+)\$([A-Za-z0-9+/.]+)"
)
_LDAP = re.compile(r"\{(SSHA256|SSM3)\}([A-Za-z0-9+/]+={0,2})")
_SALT_FIRST = re.compile(r"(sha256|sm3)\$([^$\s]{1,128})\$([0-9a-fA-F]{64})")


@dataclass(frozen=True)
class Recipe:
    """How a digest is made of a password: everything but the password and the digest."""

    kind: str
    salt: bytes = field(repr=False)
    rounds: int = 1
    algorithm: str = SHA256
    length: int = DIGEST_BYTES
    order: str = SALT_FIRST

    def compute(self, password: str) -> bytes:
        """Return the digest that the other system would make. Takes as long as it did there."""
        plain = password.encode("utf-8", "surrogatepass")
        if self.kind == BCRYPT:
            return _bcrypt(plain, self.rounds, self.salt)
        if self.kind == PBKDF2:
            return hashlib.pbkdf2_hmac(self.algorithm, plain, self.salt, self.rounds, self.length)
        salted = self.salt + plain if self.order == SALT_FIRST else plain + self.salt
        return _sm3(salted) if self.kind == SM3 else hashlib.sha256(salted).digest()

    @property
    def work(self) -> int | None:
        """Milliseconds that it takes beside our own hash, about; None for what takes less than one."""
        if self.kind == BCRYPT:
            return math.ceil((1 << self.rounds) * _BCRYPT_MS)
        if self.kind == PBKDF2:
            blocks = math.ceil(self.length / hashlib.new(self.algorithm, usedforsecurity=False).digest_size)
            return math.ceil(self.rounds * blocks * _PBKDF2_MS[self.algorithm])
        return None

    @property
    def cost(self) -> tuple[str, int, str, int]:
        """What two recipes have in common that take the same time."""
        return self.kind, self.rounds, self.algorithm, self.length

    def written(self) -> str:
        """Return it as one word, for `recall`."""
        salt = base64.b64encode(self.salt).decode()
        return f"{self.kind}:{self.rounds}:{self.algorithm}:{self.length}:{self.order}:{salt}"


@dataclass(frozen=True)
class Imported:
    """A hash of another system: its recipe, and the digest that the right password gives."""

    recipe: Recipe
    digest: bytes = field(repr=False)


def read(text: str) -> Imported:
    """Return what *text* says; raises InvalidInput (``password_hash_…``) with the reason. Never repeats the hash."""
    if len(text) > LONGEST:
        raise _refused("too_long", f"is longer than {LONGEST} characters")
    if found := _BCRYPT.fullmatch(text):
        return _read_bcrypt(int(found[1]), found[2], found[3])
    if found := _DJANGO.fullmatch(text):
        return _read_pbkdf2(found[1], int(found[2]), found[3].encode(), _bytes(found[4]))
    if found := _PASSLIB.fullmatch(text):
        algorithm = found[1].removeprefix("-") or "sha1"
        return _read_pbkdf2(algorithm, int(found[2]), _bytes(found[3]), _bytes(found[4]))
    if found := _LDAP.fullmatch(text):
        packed = _bytes(found[2])
        kind = SM3 if found[1] == "SSM3" else SHA256
        salt = _checked_salt(packed[DIGEST_BYTES:])
        return Imported(Recipe(kind, salt, order=SALT_LAST), packed[:DIGEST_BYTES])
    if found := _SALT_FIRST.fullmatch(text):
        return Imported(Recipe(found[1], _checked_salt(found[2].encode())), bytes.fromhex(found[3]))
    raise _refused("unknown", "is none of the kinds that can be taken over (bcrypt, PBKDF2, SHA-256, SM3)")


def stored(imported: Imported, hashed_digest: str) -> str:
    """Return what is kept of it: the recipe, and the digest as our own hash."""
    return f"{MARK} {imported.recipe.written()} {hashed_digest}"


def recall(kept: str) -> tuple[Recipe, str] | None:
    """Return recipe and hash of what `stored` made; None for any other hash. Raises ValueError for a broken one."""
    mark, _, rest = kept.partition(" ")
    if mark != MARK:
        return None
    written, _, hashed = rest.partition(" ")
    kind, rounds, algorithm, length, order, salt = written.split(":")
    recipe = Recipe(kind, base64.b64decode(salt), int(rounds), algorithm, int(length), order)
    most = MOST_BCRYPT_COST if kind == BCRYPT else MOST_PBKDF2_ROUNDS
    if kind not in {BCRYPT, PBKDF2, SHA256, SM3} or recipe.rounds > most or recipe.length not in DERIVED:
        raise ValueError(kind)
    return recipe, hashed


def _read_bcrypt(cost: int, salt: str, digest: str) -> Imported:
    if not LEAST_BCRYPT_COST <= cost <= MOST_BCRYPT_COST:
        raise _refused("too_costly", f"bcrypt cost {cost}: must be {LEAST_BCRYPT_COST} to {MOST_BCRYPT_COST}")
    try:
        _bcrypt(b"", LEAST_BCRYPT_COST, salt.encode())
    except ValueError:
        raise _refused("malformed", "the salt is not bcrypt's") from None
    return Imported(Recipe(BCRYPT, salt.encode(), cost), digest.encode())


def _read_pbkdf2(algorithm: str, rounds: int, salt: bytes, digest: bytes) -> Imported:
    if not 1 <= rounds <= MOST_PBKDF2_ROUNDS:
        raise _refused("too_costly", f"{rounds} rounds of PBKDF2: must be 1 to {MOST_PBKDF2_ROUNDS}")
    if len(digest) not in DERIVED:
        raise _refused(
            "malformed", f"the derived key has {len(digest)} bytes: must be {DERIVED[0]} to {DERIVED[-1]}"
        )
    return Imported(Recipe(PBKDF2, _checked_salt(salt), rounds, algorithm, len(digest)), digest)


def _checked_salt(salt: bytes) -> bytes:
    if not 1 <= len(salt) <= MOST_SALT:
        raise _refused("malformed", f"the salt has {len(salt)} bytes: must be 1 to {MOST_SALT}")
    return salt


def _bytes(text: str) -> bytes:
    """Decode base64, with or without padding, with ``.`` for ``+`` as some write it."""
    plain = text.rstrip("=").replace(".", "+")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        raise _refused("malformed", "is not base64 where it should be") from None


def _bcrypt(plain: bytes, cost: int, salt: bytes) -> bytes:
    # Where nobody was imported with it, nothing of ours needs it.
    import bcrypt  # noqa: PLC0415

    return bcrypt.hashpw(plain[:BCRYPT_READS], b"$2b$%02d$%b" % (cost, salt))[-31:]


def _sm3(text: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(text)
    return digest.finalize()


def _refused(reason: str, detail: str) -> InvalidInput:
    return InvalidInput(f"password_hash_{reason}", detail, field="password_hash")
