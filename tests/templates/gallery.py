"""Every page of the provider with believable contents, without its rooms: to look at, and for the tests beside.

`python -m tests.templates.gallery` photographs each one (two languages, phone and desktop, light, dark and
large type) into var/gallery; names given as arguments choose some.
"""

import io
import logging
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import segno
from flask import Flask, Response, jsonify, render_template, request
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from tests.services import chromium
from tests.templates.sample import Sample
from tests.templates.samples import samples

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "var" / "gallery"
LOCALES = ("zh_Hans", "en")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
# name → browser options and whether the type is large
SIGHTS: dict[str, tuple[dict[str, object], bool]] = {
    "desktop": ({"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"}, False),
    "desktop-dark": ({"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}, False),
    "phone": ({"viewport": {"width": 375, "height": 740}, "color_scheme": "light"}, False),
    "phone-dark": ({"viewport": {"width": 375, "height": 740}, "color_scheme": "dark"}, False),
    "elder": ({"viewport": {"width": 375, "height": 740}, "color_scheme": "light"}, True),
}


def find_sample(name: str, locale: str) -> Sample:
    """Return the sample of that name."""
    return next(sample for sample in samples(locale) if sample.name == name)


def create_app() -> Flask:
    """Configure Flask as the provider does; each sample is a page of its own."""
    folder = ROOT / "idp"
    app = Flask("gallery", root_path=str(folder))
    app.config.update(
        SECRET_KEY="only for pictures",
        BOOTSTRAP_SERVE_LOCAL=True,
        BABEL_DEFAULT_LOCALE="zh_Hans",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    Bootstrap5(app)
    csrf = CSRFProtect(app)
    Babel(app, locale_selector=lambda: request.args.get("lang", "zh_Hans"))

    @app.context_processor
    def every_page() -> dict[str, object]:
        return {
            "page_lang": request.args.get("lang", "zh_Hans").replace("_", "-"),
            "language_url": lambda code: f"/language/{code}?next={request.path}",
            "person": None,
            "help_line": "12345",
            "elder": "elder" in request.args,
            "this_address": lambda: request.full_path,
            "time_limit": lambda: None,
            "too_late_for": lambda: None,
        }

    @app.get("/gallery/<name>")
    def show(name: str) -> str:
        sample = find_sample(name, request.args.get("lang", "zh_Hans"))
        return render_template(sample.template, **sample.context)

    @app.get("/qr.svg")
    def qr() -> Response:
        picture = io.BytesIO()
        segno.make("otpauth://totp/Tongxing:zhangwei?secret=JBSWY3DPEHPK3PXP&issuer=Tongxing").save(
            picture, kind="svg", xmldecl=False, border=2
        )
        return Response(picture.getvalue(), mimetype="image/svg+xml")

    @app.get("/more-time")
    def more_time() -> Response:
        # Asked when a window gets the focus; says nothing, so that the page stays as it is.
        return jsonify({})

    @app.get("/progress")
    def progress() -> Response:
        return jsonify(sites=[{"id": "city-fund", "state": "done"}])

    @app.post("/callback")
    @csrf.exempt
    def callback() -> Response:
        return jsonify(request.form)

    @app.get("/frontchannel")
    def frontchannel() -> str:
        return "<!doctype html><html lang=en><title>.</title>"

    @app.after_request
    def protect(response: Response) -> Response:
        if request.path != "/frontchannel":  # stands for a page of a site
            response.headers["Content-Security-Policy"] = CSP
        return response

    return app


def closing(application: "WSGIApplication") -> "WSGIApplication":
    """Close what is sent before it is sent: werkzeug leaves a file open when the browser goes away within it."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = application(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            if hasattr(body, "close"):
                body.close()

    return answer


@contextmanager
def running() -> Iterator[str]:
    """Serve the gallery on a free port; gives its address."""
    server = make_server("127.0.0.1", 0, closing(create_app()), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def visit(page: Page, address: str, sample: Sample, locale: str, *, elder: bool = False) -> None:
    """Open a sample; the one that sends itself away is held back so that it can be looked at."""
    page.route("**/form_post.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{address}/gallery/{sample.name}?lang={locale}{'&elder=1' if elder else ''}")


def photograph(wanted: list[str]) -> None:
    """Take the pictures of the samples named, or of all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with running() as address, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for sight, (options, elder) in SIGHTS.items():
            context = browser.new_context(**options)  # type: ignore[arg-type]
            page = context.new_page()
            for locale in LOCALES:
                for sample in samples(locale):
                    if wanted and sample.name not in wanted:
                        continue
                    visit(page, address, sample, locale, elder=elder)
                    page.screenshot(path=PICTURES / f"{sample.name}-{locale}-{sight}.png", full_page=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    photograph(sys.argv[1:])
