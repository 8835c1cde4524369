"""What `idp sandbox serve` serves: the SMS inbox, and under ``/registers`` the registers."""

from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from idp.sandbox import sms_inbox
from idp.sandbox.registers import app as registers
from idp.sandbox.registers import folder
from idp.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

NOTICES = "/register_notices"


def create_app(settings: Settings, path: Path = folder.FOLDER) -> "WSGIApplication":
    """Build the service; the registers' keys are made when they are missing. Raises Forbidden outside the sandbox."""
    prepared = folder.prepare(path, Path(settings.registers.keys_file))
    made = registers.create_app(settings, prepared, settings.issuer + NOTICES)
    return DispatcherMiddleware(sms_inbox.create_app(), {"/registers": made})
