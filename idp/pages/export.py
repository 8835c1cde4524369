"""Everything about me: a page to read, a file to take along (PIPL art. 45). For a fresh login only, and on record.

The person hears of each time, in case it was somebody else.
"""

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, redirect
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, rate_limit, signed_in
from idp.account_export import document
from idp.accounts import notice
from idp.audit import log
from idp.audit.event import EventName
from idp.db import commit
from idp.pages import export_wording

blueprint = Blueprint("export", __name__)
blueprint.before_request(signed_in.require_fresh)

HERE = "/account/export"
FILE = f"{HERE}/file"
READABLE = f"{HERE}/readable"
TIMES, DAY = 20, 86_400
# Of each section on the page; the file has all.
MOST = 100


@blueprint.get(HERE)
def export() -> str:
    """Say what there is."""
    return signed_in.page(
        "account/export.html", file_action=FILE, readable_url=READABLE, back_url="/account/settings"
    )


@blueprint.post(FILE)
def file() -> Response:
    """Send the file, piece by piece."""
    account_id = signed_in.current().account.id
    _note("file")
    commit()
    day = clock.now().astimezone(notice.CHINA).strftime("%Y-%m-%d")
    return Response(
        _each_by_itself(document.stream(account_id)),
        mimetype="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="tongxing-{day}.json"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


@blueprint.get(FILE)
def back() -> BaseResponse:
    """Lead back who comes here by a link."""
    return redirect(HERE, 303)


@blueprint.get(READABLE)
def readable() -> Response:
    """Show it to be read and printed."""
    account = signed_in.current().account
    _note("page")
    commit()
    found = document.look(account, MOST)
    page = signed_in.page(
        "account/export_readable.html",
        sections=export_wording.sections(found),
        made_at=clock.now(),
        back_url=HERE,
    )
    return Response(page, headers={"Cache-Control": "no-store"})


def _each_by_itself(pieces: Iterator[str]) -> Iterator[bytes]:
    """Yield *pieces*, each made in an application context of its own.

    One that stays open while a piece travels is left open by who goes away, in the midst of somebody else's request.
    """
    enter = current_app.app_context

    def steps() -> Iterator[bytes]:
        piece: str | None = ""
        while piece is not None:
            if piece:
                yield piece.encode()
            with enter():
                piece = next(pieces, None)

    return steps()


def _note(how: str) -> None:
    account_id = signed_in.current().account.id
    # Each way by itself: links of other sites can open the page, never the file.
    rate_limit.check(f"export_{how}:{account_id}", TIMES, DAY)
    log.record(EventName.DATA_EXPORTED, account_id=account_id, how=how)
    notice.tell(signed_in.current().account, "export_made")
