"""Switches for programs: what is wrong, what happens to whom, and what somebody would show (JSON, ``/state/…``)."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from idp.sandbox.registers import faults as fault_kinds
from idp.sandbox.registers import switches
from idp.sandbox.registers.answering import SOURCES
from idp.sandbox.registers.records import Citizen, Enterprise
from idp.sandbox.registers.running import RUNNING

Answer = Response | tuple[Response, int]

blueprint = Blueprint("state", __name__, url_prefix="/state")


@blueprint.get("/people")
def people() -> Response:
    """List everybody."""
    return jsonify([_facts(one) for one in RUNNING.get().registry.citizens()])


@blueprint.get("/enterprises")
def enterprises() -> Response:
    """List every enterprise."""
    return jsonify([_facts(one) for one in RUNNING.get().registry.enterprises()])


@blueprint.get("/<number>")
def one(number: str) -> Answer:
    """Tell of one person or enterprise."""
    found = RUNNING.get().registry.find_citizen(number) or RUNNING.get().registry.find_enterprise(number)
    return jsonify(_facts(found)) if found else _unknown()


@blueprint.post("/<number>/switch")
def switch(number: str) -> Answer:
    """Make something happen to somebody: ``{"change": …}``; the provider is told unless notices are off."""
    try:
        change = switches.switch(RUNNING.get().registry, number, str(_body().get("change")))
    except switches.UnknownSwitch:
        return _unknown()
    told = not RUNNING.get().faults.silent
    if told:
        RUNNING.get().notices.send(change)
    return jsonify(source=change.source, change=change.change, notice=told)


@blueprint.post("/<number>/network-id")
def network_id(number: str) -> Answer:
    """Issue a presentation of somebody's network identity."""
    citizen = RUNNING.get().registry.find_citizen(number)
    return (
        jsonify(presentation=RUNNING.get().registry.presentations.network_id(citizen))
        if citizen
        else _unknown()
    )


@blueprint.post("/<number>/reading")
def reading(number: str) -> Answer:
    """Read the chip of somebody's card: ``{"holder_checked": true}``."""
    citizen, checked = (
        RUNNING.get().registry.find_citizen(number),
        _body().get("holder_checked", True) is True,
    )
    if citizen is None:
        return _unknown()
    return jsonify(reading=RUNNING.get().registry.presentations.reading(citizen, holder_checked=checked))


@blueprint.post("/<number>/licence")
def licence(number: str) -> Answer:
    """Issue an enterprise's electronic business licence."""
    enterprise = RUNNING.get().registry.find_enterprise(number)
    return (
        jsonify(licence=RUNNING.get().registry.presentations.licence(enterprise))
        if enterprise
        else _unknown()
    )


@blueprint.get("/faults")
def tell() -> Response:
    """Tell what is wrong."""
    return jsonify(faults=RUNNING.get().faults.all(), silent=RUNNING.get().faults.silent)


@blueprint.post("/faults")
def set_fault() -> Answer:
    """Switch a fault: ``{"source": "bank" or "all", "kind": "slow" …, or "" for none}``, ``{"silent": true}``."""
    body = _body()
    source, kind = body.get("source"), body.get("kind", "")
    if "silent" in body:
        RUNNING.get().faults.silent = body["silent"] is True
    if source is not None:
        if source not in (*SOURCES, fault_kinds.EVERY) or kind not in ("", *fault_kinds.KINDS):
            return jsonify(error="unknown_fault"), 400
        RUNNING.get().faults.set(source, kind)
    return tell()


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _facts(one: Citizen | Enterprise) -> dict[str, Any]:
    facts = asdict(one)
    if isinstance(one, Citizen):
        facts["birth_date"] = one.birth_date.isoformat()
    return facts


def _unknown() -> Answer:
    return jsonify(error="unknown"), 404
