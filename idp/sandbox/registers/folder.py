"""The registers' own folder: their keys, the year they were made in, and what was changed since.

Private keys never leave it; the public half of the key that signs answers goes to the provider's keys file. Safe to
prepare by several programs at once: who is first makes a file, the others read it.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from idp import clock

FOLDER = Path("var/sandbox/registers")
REGISTER, READER, WALLET = "registers", "reader", "wallet"


@dataclass(frozen=True)
class Folder:
    """What was prepared: the keys and the year that the invented people belong to."""

    path: Path
    register_key: ECKey
    reader_key: ECKey
    wallet_key: ECKey
    year: int

    def read_changes(self) -> dict[str, dict[str, Any]]:
        """Return what was changed since the people were made: facts by number."""
        file = self.path / "changes.json"
        if not file.exists():
            return {}
        changes: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        return changes

    def write_changes(self, changes: dict[str, dict[str, Any]]) -> None:
        """Keep the changes; a reader sees all of them or those of before."""
        new = self.path / "changes.json.new"
        new.write_text(json.dumps(changes, ensure_ascii=False, indent=1), encoding="utf-8")
        new.replace(self.path / "changes.json")


def prepare(path: Path = FOLDER, keys_file: Path | None = None) -> Folder:
    """Make what is missing, and write the public key that answers are signed with to *keys_file* (JWK set)."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = {name: _key(path / f"{name}.pem") for name in (REGISTER, READER, WALLET)}
    year = int(_once(path / "year.txt", str(clock.now().year)))
    if keys_file is not None:
        key = keys[REGISTER]
        public = key.as_dict(private=False, kid=key.thumbprint(), use="sig", alg="ES256")
        content = json.dumps({"keys": [public]}, indent=1)
        if not keys_file.exists() or keys_file.read_text(encoding="utf-8") != content:
            keys_file.parent.mkdir(parents=True, exist_ok=True)
            new = keys_file.with_suffix(f".{secrets.token_hex(4)}.new")
            new.write_text(content, encoding="utf-8")
            new.replace(keys_file)
    return Folder(path, keys[REGISTER], keys[READER], keys[WALLET], year)


def _key(file: Path) -> ECKey:
    made = ECKey.generate_key("P-256").as_pem(private=True).decode()
    return ECKey.import_key(_once(file, made))


def _once(file: Path, content: str) -> str:
    """Write *content* for the owner only unless the file is there; return what is in it."""
    if not file.exists():
        new = file.with_suffix(f".{secrets.token_hex(4)}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(content)
        try:
            # Fails when somebody was first; a file is never seen half written.
            os.link(new, file)
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return file.read_text(encoding="utf-8")
