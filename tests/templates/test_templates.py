"""Every page of the provider as people meet it: both languages, without scripts, under the strict policy."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import flask_bootstrap
import pytest
from flask.testing import FlaskClient

from tests.templates import gallery
from tests.templates.sample import Sample
from tests.templates.samples import samples

TEMPLATES = gallery.ROOT / "idp" / "templates"
STATIC = gallery.ROOT / "idp" / "static"
CASES = [(locale, sample) for locale in gallery.LOCALES for sample in samples(locale)]
IDS = [f"{sample.name}-{locale}" for locale, sample in CASES]
VOID_OF_LABEL = {"hidden", "submit", "button"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Outline(HTMLParser):
    """What the checks below need to know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open:
            self.texts.append((self._open[-1], data.strip()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return gallery.create_app().test_client()


def fetch(client: FlaskClient, sample: Sample, locale: str) -> str:
    response = client.get(f"/gallery/{sample.name}?lang={locale}")
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_every_template_is_in_the_gallery() -> None:
    pages = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if not path.name.startswith("_") and path.name != "base.html"
    }
    assert pages == {sample.template for _, sample in CASES}


@pytest.mark.parametrize(("locale", "sample"), CASES, ids=IDS)
def test_page_has_language_title_and_one_heading(client: FlaskClient, locale: str, sample: Sample) -> None:
    text = fetch(client, sample, locale)
    page = Outline(text)
    expected = "zh-Hans" if sample.template == "unavailable.html" else locale.replace("_", "-")
    assert page.all("html")[0]["lang"] == expected
    assert len(page.all("h1")) == 1
    title = next(data for tag, data in page.texts if tag == "title")
    assert title.rpartition(" · ")[0]
    assert "width=device-width" in text


@pytest.mark.parametrize(("locale", "sample"), CASES, ids=IDS)
def test_page_obeys_the_content_policy(client: FlaskClient, locale: str, sample: Sample) -> None:
    page = Outline(fetch(client, sample, locale))
    assert not page.all("style")
    assert all("src" in script for script in page.all("script"))
    for tag, attributes in page.elements:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        loaded = attributes.get("src") or (attributes.get("href") if tag == "link" else None) or "/"
        assert loaded.startswith("/"), f"{tag} loads {loaded}"


@pytest.mark.parametrize(("locale", "sample"), CASES, ids=IDS)
def test_every_input_has_a_label_and_every_id_is_single(
    client: FlaskClient, locale: str, sample: Sample
) -> None:
    page = Outline(fetch(client, sample, locale))
    labelled = {label["for"] for label in page.all("label")}
    for field in page.all("input"):
        if field.get("type", "text") not in VOID_OF_LABEL:
            assert field.get("aria-label") or field.get("id") in labelled, field
            assert "placeholder" not in field
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    described = [names for _, a in page.elements if (names := a.get("aria-describedby"))]
    assert {name for names in described for name in names.split()} <= set(ids)
    jumps = [href for link in page.all("a") if (href := link["href"]) and href.startswith("#")]
    assert {jump[1:] for jump in jumps} <= set(ids)


@pytest.mark.parametrize(("locale", "sample"), CASES, ids=IDS)
def test_every_form_of_ours_carries_the_csrf_token(client: FlaskClient, locale: str, sample: Sample) -> None:
    page = Outline(fetch(client, sample, locale))
    tokens = [field for field in page.all("input") if field.get("name") == "csrf_token" and field["value"]]
    # A search changes nothing: it is an address.
    changing = [form for form in page.all("form") if form.get("role") != "search"]
    ours = [form for form in changing if form["action"] != "/callback"]
    assert all(form["method"] == "post" for form in changing)
    assert all(form["method"] == "get" for form in page.all("form") if form not in changing)
    assert len(tokens) == len(ours)


@pytest.mark.parametrize("name", sorted({sample.name for _, sample in CASES}))
def test_page_speaks_english_without_a_chinese_word(client: FlaskClient, name: str) -> None:
    sample = gallery.find_sample(name, "en")
    if sample.template == "unavailable.html":
        return
    words = [data for _, data in Outline(fetch(client, sample, "en")).texts if data != "中文"]
    assert not [data for data in words if CHINESE.search(data)]


@pytest.mark.parametrize("name", sorted({sample.name for _, sample in CASES}))
def test_page_speaks_chinese_throughout(client: FlaskClient, name: str) -> None:
    sample = gallery.find_sample(name, "zh_Hans")
    if sample.template == "unavailable.html":
        return
    known = {
        "English",
        "zhangwei",
        "zhangwei ·",
        "sunli",
        "Chrome · Windows",
        "Safari · iPhone",
        "JBSW",
        "Y3DP",
        "EHPK",
        "3PXP",
        "91330106MA28FAKE9N",
        "https://federation.gov.example/marks/djbh3",
    }
    english = [
        data
        for tag, data in Outline(fetch(client, sample, "zh_Hans")).texts
        if tag not in {"code", "dd", "path", "textarea"}
        and re.search(r"[A-Za-z]{3}", data)
        and not CHINESE.search(data)
    ]
    assert set(english) <= known


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("login", {"identifier", "password", "login-submit"}),
        ("second-factor", {"code", "code-submit"}),
        ("recovery-code", {"code", "code-submit"}),
        ("consent", {"consent-allow", "consent-deny"}),
        ("logout", {"logout-confirm", "logout-cancel"}),
        ("error-site", {"error"}),
    ],
)
def test_names_for_automation_stay(client: FlaskClient, name: str, ids: set[str]) -> None:
    page = Outline(fetch(client, gallery.find_sample(name, "en"), "en"))
    assert ids <= {attributes.get("id") for _, attributes in page.elements}


def test_consent_has_one_checkbox_per_item_and_locks_the_required_ones(client: FlaskClient) -> None:
    page = Outline(fetch(client, gallery.find_sample("consent", "en"), "en"))
    boxes = {box["value"]: box for box in page.all("input") if box.get("name") == "item"}
    assert set(boxes) == {"name", "locale", "phone_number", "offline_access", "insured_person_number"}
    assert {name for name, box in boxes.items() if "disabled" in box} == {"name", "locale"}
    assert {name for name, box in boxes.items() if "checked" in box} == {"name", "locale", "phone_number"}


def test_chooser_and_error_carry_their_data(client: FlaskClient) -> None:
    chooser = Outline(fetch(client, gallery.find_sample("choose-account", "en"), "en"))
    assert [a["data-account"] for a in chooser.all("button") if "data-account" in a] == ["0195"]
    error = Outline(fetch(client, gallery.find_sample("error-site", "en"), "en"))
    marked = next(a for _, a in error.elements if a.get("id") == "error")
    assert (marked["data-error"], marked["data-trace"]) == ("invalid_client", "019f2b7c6d1e")


def test_what_a_page_shows_is_escaped(client: FlaskClient) -> None:
    text = fetch(client, gallery.find_sample("form-post", "en"), "en")
    assert "&lt;&amp;&gt;" in text
    assert "<&>" not in text


def test_error_summary_links_to_the_field_and_keeps_what_was_typed(client: FlaskClient) -> None:
    page = Outline(fetch(client, gallery.find_sample("login-wrong", "en"), "en"))
    assert "#password" in {link["href"] for link in page.all("a")}
    fields = {field.get("id"): field for field in page.all("input")}
    assert fields["identifier"]["value"] == "zhangwei"
    assert fields["password"]["aria-invalid"] == "true"
    assert "value" not in fields["password"]


def test_no_page_weighs_more_than_60_kilobytes(client: FlaskClient) -> None:
    bootstrap = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
    shared = [bootstrap, *(STATIC / name for name in ("tongxing.css", "tongxing.js", "mark.svg"))]
    assets = sum(len(gzip.compress(path.read_bytes())) for path in shared)
    # Pages carry secrets beside what a visitor sends, so they travel uncompressed (BREACH).
    heaviest = max(len(fetch(client, sample, locale).encode()) for locale, sample in CASES)
    assert assets + heaviest < 60_000, (assets, heaviest)
