"""Debian's Chromium, driven by Playwright, without any visit to the network by itself."""

import os
import shutil
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from tests.services.program import MissingProgramError

ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    # Whatever a page names, only this machine is asked.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
]


def launch(playwright: Playwright) -> Browser:
    """Start Chromium: the system's, else the one that Playwright fetched (scripts/test)."""
    # The sandbox of Chromium cannot be set up by root.
    arguments = [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS
    return playwright.chromium.launch(executable_path=find(), args=arguments)


def find() -> str | None:
    """Return the system's Chromium, None for Playwright's own; raises when there is neither."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        # Ubuntu's chromium-browser may be a door to a snap that is not there.
        if path and subprocess.run((path, "--version"), capture_output=True, check=False).returncode == 0:
            return path
    fetched = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "var/playwright"))
    if any(fetched.glob("chromium*")):
        return None
    msg = "Chromium is not installed: sudo apt-get install chromium"
    raise MissingProgramError(msg)
