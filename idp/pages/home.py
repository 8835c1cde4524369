"""The start page: what this is, and the way in."""

from flask import Blueprint, render_template

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> str:
    """Show it, to anybody."""
    return render_template("home.html", login_url="/login", sign_up_url="/sign-up")
