"""Named symmetric secrets, sealed in the database, opened once per process.

Each has one purpose and lives as long as the deployment: pairwise subjects and blind indexes must stay the same.
"""

import os
import threading

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.db import Model, UtcDateTime, db
from idp.keys.master_key import MASTER, Cipher
from idp.per_app import PerApp

PAIRWISE = "pairwise"
BLIND_INDEX = "blind_index"
FIELDS = "fields"
DIGESTS = "digests"
ALL = (PAIRWISE, BLIND_INDEX, FIELDS, DIGESTS)

SECRET_BYTES = 32


class Secret(Model):
    """One sealed secret."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[object] = mapped_column(UtcDateTime)


class Secrets:
    """The opened secrets of this process."""

    def __init__(self) -> None:
        self._opened: dict[str, bytes] = {}
        self._ciphers: dict[str, Cipher] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> bytes:
        """Return the secret's bytes; KeyError when `create_missing` was never run."""
        if not self._opened:
            with self._lock:
                self._opened = {
                    row.name: MASTER.get().open(row.sealed, f"secrets:{row.name}")
                    for row in db.session.execute(select(Secret)).scalars()
                }
        return self._opened[name]

    def cipher(self, name: str) -> Cipher:
        """Return a cipher under the secret of that name."""
        if name not in self._ciphers:
            self._ciphers[name] = Cipher(self.get(name))
        return self._ciphers[name]


SECRETS: PerApp[Secrets] = PerApp("secrets")


def create_missing() -> list[str]:
    """Make every secret that does not exist yet; return their names. The caller commits."""
    there = set(db.session.execute(select(Secret.name)).scalars())
    missing = [name for name in ALL if name not in there]
    for name in missing:
        sealed = MASTER.get().seal(os.urandom(SECRET_BYTES), f"secrets:{name}")
        db.session.add(Secret(name=name, sealed=sealed, created_at=clock.now()))
    db.session.flush()
    return missing
