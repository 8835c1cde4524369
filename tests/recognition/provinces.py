"""Two provinces in one federation, each a whole provider that listens: Zhejiang with the anchor, and Jiangsu."""

import threading
from pathlib import Path
from typing import Any

from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity
from idp.db import commit, db
from idp.keys import keyring, signing_key
from idp.outbox.message import OutboxMessage
from idp.proofing import evidence as pieces
from idp.proofing import identity_takeover
from idp.recognition import arrival, encryption_keys, own_entity
from idp.sandbox import network, recognition
from tests.person import Person
from tests.provider import Provider, Template
from tests.services import program

ZHEJIANG, JIANGSU = "330000", "320000"


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Province:
    """One provider that listens."""

    def __init__(self, template: Template, directory: Path, host: str) -> None:
        port = program.free_port()
        self.issuer = f"http://{host}:{port}"
        directory.mkdir()
        self.provider: Provider = template.on_sqlite(directory, issuer=self.issuer)
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", port, self.provider.app, threaded=True, request_handler=Quiet
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def context(self) -> Any:
        """A look into the stores."""
        return self.provider.context()

    def person(self, number: str = "", evidence: tuple[str, ...] = (), **facts: Any) -> Person:
        """Make somebody, whose identity number is *number*, with *evidence*."""
        made = self.provider.person(evidence=(), phone=False, **facts)
        with self.context():
            account = accounts.get(made.id)
            if number:
                identity.bind(account, identity.parse("citizen_id", number), name=made.name)
            commit()
            for code in evidence:
                pieces.add(accounts.get(made.id), code, source="test")
            commit()
        return made

    def work(self) -> None:
        """Do what follows from changed proofs (the worker's part)."""
        with self.context():
            handlers = {
                pieces.STANDING_CHANGED: arrival.standing_changed,
                identity_takeover.IDENTITY_LOST: arrival.identity_lost,
            }
            waiting = select(OutboxMessage).where(
                OutboxMessage.kind.in_(list(handlers)), OutboxMessage.delivered_at.is_(None)
            )
            for message in db.session.scalars(waiting).all():
                handlers[message.kind](message)
                message.delivered_at = clock.now()
            commit()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.provider.close()


class Provinces:
    """Both, in one federation. ``here`` hosts the anchor, ``there`` is where people come from."""

    def __init__(self, template: Template, directory: Path) -> None:
        self.here = Province(template, directory / "zhejiang", "localhost")
        self.there = Province(template, directory / "jiangsu", "127.0.0.1")
        meeting, sites = directory / "network", directory / "sites"
        sites.mkdir()
        with self.here.context():
            network.plant(sites, meeting)
            commit()
        with self.there.context():
            # Another deployment has keys of its own.
            for alg in ("ES256", "RS256", "PS256", "EdDSA"):
                signing_key.rotate(alg)
                signing_key.rotate(alg)
            commit()
            keyring.KEYRING.get().forget()
            recognition.join(JIANGSU, meeting)
            commit()
        with self.here.context():
            network.plant(sites, meeting)
            recognition.plant(network.authority_id("national"), meeting)
            commit()
            self.anchor = network.authority_id("national")

    def refresh(self) -> None:
        """Let the anchor look for the keys of its members once more."""
        for one in (self.here, self.there):
            with one.context():
                own_entity.declare()
                commit()
        with self.here.context():
            encryption_keys.refresh()

    def close(self) -> None:
        """Stop both."""
        self.here.close()
        self.there.close()
