"""A visitor with a passkey in the hand: fills in the forms that passkey.js would."""

import json
from html.parser import HTMLParser

from tests.authenticators.soft_passkey import SoftPasskey
from tests.person import Visitor


class _Options(HTMLParser):
    """The options of the form of one kind, and its number among the page's forms."""

    def __init__(self, html: str, kind: str) -> None:
        super().__init__()
        self.options, self.number, self._kind, self._forms = "", -1, kind, -1
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        # Forms of the frame around every page are none of its own (`tests.person.Page`).
        if tag == "form" and "data-frame" not in given:
            self._forms += 1
            if given.get("data-passkey") == self._kind:
                self.options, self.number = given["data-options"] or "", self._forms


def options_on(visitor: Visitor, kind: str = "get") -> str:
    """What the open page asks the browser for."""
    found = _Options(visitor.response.get_data(as_text=True), kind).options
    assert json.loads(found)["challenge"]
    return found


def add(
    visitor: Visitor, name: str = "我的手机", key: SoftPasskey | None = None, form: str = "packed"
) -> SoftPasskey:
    """Make a passkey at the page for it."""
    made = key or SoftPasskey()
    visitor.go("/account/passkeys")
    answer = made.create(options_on(visitor, "create"), form=form)
    send(visitor, answer, "create", name=name)
    return made


def show(visitor: Visitor, key: SoftPasskey) -> None:
    """Answer the open page with the passkey."""
    send(visitor, key.get(options_on(visitor)))


def send(visitor: Visitor, answer: str, kind: str = "get", **values: str) -> None:
    """Send the open page's passkey form with any answer."""
    number = _Options(visitor.response.get_data(as_text=True), kind).number
    visitor.send(number=number, values={"credential": answer, **values})
