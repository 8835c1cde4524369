"""Take up a post: the person, logged in as themselves, sets the password of their new official account.

So nobody but the person ever knows it, and it is the person who was proven that gets in (domain §2).
"""

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.accounts.account import CITIZEN, OFFICIAL
from idp.assurance.policy import Act
from idp.authenticators import password_rules, pwd
from idp.console.officials import shown
from idp.db import commit, db
from idp.errors import Forbidden, IdpError, InvalidInput
from idp.operators import appointing
from idp.operators import post as posts
from idp.operators.following import LEAST_PROOFING
from idp.operators.post import ACTIVE, Post

blueprint = Blueprint("console_take_up", __name__)

PATH = "/console/take-up"


@blueprint.before_request
def require() -> BaseResponse | None:
    """Let the person pass who is logged in as a citizen, at the level that a post asks of them."""
    return signed_in.require() or signed_in.step_up(Act(LEAST_PROOFING, max_age=None, cryptographic=False))


@blueprint.get(PATH)
def take_up() -> str:
    """Show the post that waits for the person."""
    return _page(_next_post(), {})


@blueprint.post(PATH)
def set_password() -> BaseResponse | tuple[str, int]:
    """Set the password and send the person to log in with the new account."""
    post = _next_post()
    password = request.form.get("password", "")
    try:
        if post is None or str(post.id) != request.form.get("post"):
            raise Forbidden("post_not_yours", "This post is not yours to take up")
        password_rules.check(password, OFFICIAL, username=post.username)
        # Nothing of the database is held while the hash is computed.
        commit()
        hashed = pwd.hash_new(password)
        appointing.take_up(signed_in.current().account, post.id, hashed)
    except IdpError as error:
        db.session.rollback()
        field = "password" if isinstance(error, InvalidInput) else ""
        return _page(post, {field: _(str(error.message))}), error.status
    commit()
    return signed_in.go(
        PATH, _("Done. Log out here, then log in with the new user name and set up a code app")
    )


def _next_post() -> Post | None:
    person = signed_in.current().account
    held = posts.held_by(person.id) if person.kind == CITIZEN else []
    return next((one for one in held if one.status == ACTIVE and one.taken_up_at is None), None)


def _page(post: Post | None, errors: dict[str, str]) -> str:
    return signed_in.page(
        "console/take_up.html",
        post=shown(post) if post else None,
        action=PATH,
        errors=errors,
        values={},
    )
