"""The Chinese catalogue holds every text that templates and views say, and is compiled."""

import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "idp" / "translations" / "zh_Hans" / "LC_MESSAGES"


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="zh_Hans")


def first(text: str | list[str] | tuple[str, ...] | None) -> str:
    return text if isinstance(text, str) else (text or [""])[0]


def said() -> list[Message]:
    """Return each message the program can say: in pages, and in the errors of rooms that pages pass on."""
    pages = extract_from_dir(ROOT / "idp", method_map=[("**.py", "python"), ("templates/**.html", "jinja2")])
    # The second argument of an error is its text for people.
    errors = dict.fromkeys(("Conflict", "Expired", "Forbidden", "InvalidInput", "_wrong"), (2,))
    rooms = extract_from_dir(
        ROOT / "idp",
        method_map=[
            ("authenticators/**.py", "python"),
            ("console/**.py", "python"),
            ("level_policy/**.py", "python"),
            ("level_simulation_run.py", "python"),
            ("mandates/**.py", "python"),
            ("operators/**.py", "python"),
            ("pages/enterprise_appoint.py", "python"),
            ("pages/mandating.py", "python"),
            ("proofing/**.py", "python"),
            ("accounts/account.py", "python"),
            ("accounts/phone_change.py", "python"),
            ("accounts/phone_number.py", "python"),
        ],
        keywords=errors,
    )
    return [Message(text, locations=[(path, line)]) for path, line, text, _, _ in [*pages, *rooms]]


def test_every_text_is_translated(catalogue: Catalog) -> None:
    messages = said()
    assert messages
    missing = []
    for message in messages:
        entry = catalogue.get(first(message.id))
        if entry is None or not first(entry.string).strip() or entry.fuzzy:
            missing.append((message.locations, message.id))
    assert not missing, "write the Chinese into messages.po and compile it (see idp/translations/babel.cfg)"


def placeholders(text: str) -> set[str]:
    named = {part.split(")")[0] for part in text.split("%(")[1:]}
    return named | {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_translations_keep_the_placeholders(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            assert placeholders(first(message.id)) == placeholders(first(message.string)), message.id


def test_compiled_catalogue_is_fresh(catalogue: Catalog) -> None:
    with (FOLDER / "messages.mo").open("rb") as file:
        compiled = read_mo(file)
    assert {first(m.id): first(m.string) for m in compiled if m.id} == {
        first(m.id): first(m.string) for m in catalogue if m.id
    }
