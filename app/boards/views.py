"""The board's page: for the shift leader's desk, and for the wall."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.boards import service
from app.call_queue import reasons
from app.core.database import steady_picture
from app.core.permissions import Permission, requires
from app.core.sign_in import background
from app.rules.code_lists import Code

bp = Blueprint("boards", __name__)


@bp.get("/board")
@requires(Permission.BOARD_READ)
def show_board() -> ResponseReturnValue:
    """The board; `?screen=big` is the one for the wall, without menus and without names."""
    return render_template(
        "boards/board.html",
        is_big=request.args.get("screen") == "big",
        pauses=_choices(reasons.chosen_reasons()),
        forcing=_choices(reasons.forcing_reasons()),
        freeing=_choices(reasons.freeing_reasons()),
    )


@bp.get("/board/snapshot")
@background
@requires(Permission.BOARD_READ)
def snapshot() -> ResponseReturnValue:
    """Return the board as it is now, for whoever hears no news."""
    with steady_picture():
        board = service.snapshot()
    return service.for_big_screen(board) if request.args.get("screen") == "big" else board


def _choices(codes: Sequence[Code]) -> list[dict[str, str]]:
    return [
        {"code": each.code, "name_zh": each.words.name_zh, "name_en": each.words.name_en}
        for each in codes
    ]
