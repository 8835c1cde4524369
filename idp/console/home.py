"""The console's first page: who one is here, and the rooms that one's post opens."""

from flask import Blueprint

from idp.console import entrance

blueprint = Blueprint("console_home", __name__)
blueprint.before_request(entrance.require)


@blueprint.get("/console")
def home() -> str:
    """Show it."""
    return entrance.page("console/home.html")
