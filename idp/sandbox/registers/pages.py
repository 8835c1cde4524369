"""The registers' pages: who there is, what can happen to them, what they would show, what is wrong at the moment."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_from_directory, url_for
from werkzeug.wrappers import Response as Redirect

from idp import clock
from idp.identifiers import birth_date
from idp.sandbox.registers import faults as fault_kinds
from idp.sandbox.registers import portrait, switches
from idp.sandbox.registers.answering import SOURCES
from idp.sandbox.registers.records import Citizen, Enterprise
from idp.sandbox.registers.registry import Registry
from idp.sandbox.registers.running import RUNNING

PAGE = 40
LONGEST_SEARCH = 100
LONGEST_NUMBER = 5
OWN_ENTERPRISES = 3
PROVIDER_STATIC = __file__.rpartition("/sandbox/")[0] + "/static"

blueprint = Blueprint("pages", __name__)


@blueprint.app_context_processor
def everywhere() -> dict[str, Any]:
    """Give every template what it may need."""
    running = RUNNING.get()
    today = birth_date.today(clock.now())
    return {
        "age": lambda one: birth_date.age(one.birth_date, today),
        "zone": birth_date.LAW,
        "faults": running.faults,
        "find_citizen": running.registry.find_citizen,
    }


@blueprint.get("/ground/<path:filename>")
def ground(filename: str) -> Response:
    """Give the provider's own stylesheet and mark: one visual language."""
    return send_from_directory(PROVIDER_STATIC, filename, max_age=3600)


@blueprint.get("/")
def home() -> str:
    """Show the sandbox's own people and where everything is."""
    citizens, enterprises = _registry().citizens(), _registry().enterprises()
    own = {one.household for one in citizens if one.username}
    people = [one for one in citizens if one.household in own]
    return render_template(
        "registers/home.html",
        people=people,
        enterprises=enterprises[:OWN_ENTERPRISES],
        counts=(len(citizens), len(enterprises)),
    )


@blueprint.get("/people")
def people() -> str:
    """List people, a page at a time, or those that a search finds."""
    found, more = _page([(one, one.name + one.number + one.phone) for one in _registry().citizens()])
    return render_template("registers/people.html", people=found, **more)


@blueprint.get("/enterprises")
def enterprises() -> str:
    """List enterprises, a page at a time, or those that a search finds."""
    found, more = _page([(one, one.name + one.uscc) for one in _registry().enterprises()])
    return render_template("registers/enterprises.html", enterprises=found, **more)


@blueprint.get("/people/<number>")
def person(number: str) -> str:
    """Show one person."""
    return _person(_citizen(number))


@blueprint.get("/people/<number>/portrait.png")
def picture(number: str) -> Response:
    """Give away the photo that the register has."""
    image = portrait.draw(_citizen(number).number)
    return Response(image, mimetype="image/png", headers={"Cache-Control": "max-age=3600"})


@blueprint.get("/enterprises/<uscc>")
def enterprise(uscc: str) -> str:
    """Show one enterprise."""
    return render_template("registers/enterprise.html", enterprise=_enterprise(uscc))


@blueprint.post("/<any(people, enterprises):what>/<number>/switch")
def switch(what: str, number: str) -> Redirect:
    """Make something happen, and tell the provider."""
    running = RUNNING.get()
    try:
        change = switches.switch(running.registry, number, request.form.get("change", ""))
    except switches.UnknownSwitch:
        abort(404)
    if not running.faults.silent:
        running.notices.send(change)
    return redirect(f"{url_for('pages.home')}{what}/{change.subject}?switched={change.change}", 303)


@blueprint.post("/people/<number>/show")
def show(number: str) -> str:
    """Issue what this person would show: a network identity, or a card on the reader."""
    citizen, shown = _citizen(number), request.form.get("what", "")
    presentations = _registry().presentations
    if shown == "network-id":
        text = presentations.network_id(citizen)
    elif shown in {"reading", "reading-unchecked"}:
        text = presentations.reading(citizen, holder_checked=shown == "reading")
    else:
        abort(400)
    return _person(citizen, shown=shown, text=text)


@blueprint.post("/enterprises/<uscc>/show")
def licence(uscc: str) -> str:
    """Issue the electronic licence."""
    found = _enterprise(uscc)
    text = _registry().presentations.licence(found)
    return render_template("registers/enterprise.html", enterprise=found, text=text)


@blueprint.get("/faults")
def show_faults() -> str:
    """Show what is wrong and which notices went out."""
    sent = RUNNING.get().notices.sent()
    return render_template(
        "registers/faults.html", sources=list(SOURCES), kinds=fault_kinds.KINDS, notices=sent
    )


@blueprint.post("/faults")
def set_faults() -> Redirect:
    """Switch faults."""
    faults = RUNNING.get().faults
    if "clear" in request.form:
        faults.clear()
    elif "silent" in request.form:
        faults.silent = request.form["silent"] == "on"
    else:
        for source in (fault_kinds.EVERY, *SOURCES):
            kind = request.form.get(source, "")
            if kind in {"", *fault_kinds.KINDS}:
                faults.set(source, kind)
    return redirect(url_for("pages.show_faults"), 303)


def _registry() -> Registry:
    return RUNNING.get().registry


def _person(citizen: Citizen, **shown: str) -> str:
    registry = _registry()
    family = [
        one
        for one in registry.citizens()
        if one.household and one.household == citizen.household and one.number != citizen.number
    ]
    leads = [one for one in registry.enterprises() if one.representative == citizen.number]
    return render_template("registers/person.html", person=citizen, family=family, leads=leads, **shown)


def _citizen(number: str) -> Citizen:
    return _registry().find_citizen(number) or abort(404)


def _enterprise(uscc: str) -> Enterprise:
    return _registry().find_enterprise(uscc) or abort(404)


def _page(rows: list[tuple[Any, str]]) -> tuple[list[Any], dict[str, Any]]:
    wanted = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    found = [one for one, text in rows if wanted.lower() in text.lower()]
    after = request.args.get("after", "0")
    is_number = after.isascii() and after.isdigit() and len(after) <= LONGEST_NUMBER
    start = min(int(after), len(found)) if is_number else 0
    following = start + PAGE if start + PAGE < len(found) else 0
    return found[start : start + PAGE], {"q": wanted, "following": following, "total": len(found)}
