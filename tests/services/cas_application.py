"""An old application that knows only tickets, built on a CAS client that was written elsewhere (python-cas)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cas import CASClient


class CasApplication:
    """``url`` is where it lies; ``login_server`` is told once it is known."""

    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}/app/"
        self.login_server = ""

    def answer(self, path: str) -> tuple[int, dict[str, str], str]:
        """Send a stranger to the login, or say who came with a ticket."""
        service = f"{self.url}enrol?course=7"
        client = CASClient(version=3, service_url=service, server_url=self.login_server)
        ticket = parse_qs(urlsplit(path).query).get("ticket")
        if not ticket:
            return 303, {"Location": client.get_login_url()}, ""
        user, attributes, _ = client.verify_ticket(ticket[0])
        if not user:
            return 403, {}, "<h1 id=user>nobody</h1>"
        return 200, {}, f"<h1 id=user>{user}</h1><p id=name>{(attributes or {}).get('name')}</p>"


@contextmanager
def run() -> Iterator[CasApplication]:
    """The application on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, text = application.answer(self.path)
            body = f"<!doctype html><html lang=zh><meta charset=utf-8><title>报名</title>{text}".encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "text/html",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Not on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        application = CasApplication(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield application
        server.shutdown()
        thread.join()
