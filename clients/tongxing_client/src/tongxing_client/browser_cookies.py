"""The two cookies of a site: the session's, and the browser's own while a login is under way."""

from urllib.parse import urlsplit

from werkzeug.wrappers import Response


class BrowserCookies:
    """Their names and how they are set: for this host only, out of scripts' reach, over https where the site is."""

    def __init__(self, site_url: str, client_id: str) -> None:
        self._is_secure = urlsplit(site_url).scheme == "https"
        # Cookies do not know ports: two sites on one host need two names.
        name = "".join(c if c.isalnum() and c.isascii() else "_" for c in client_id)
        self.session = f"{'__Host-' if self._is_secure else ''}tongxing_{name}"
        self.browser = f"{self.session}_login"

    def set(self, response: Response, name: str, value: str) -> None:
        """Give the browser ``value``."""
        response.set_cookie(name, value, secure=self._is_secure, httponly=True, samesite="Lax", path="/")

    def delete(self, response: Response, name: str) -> None:
        """Take it back."""
        response.delete_cookie(name, secure=self._is_secure, httponly=True, samesite="Lax")
