"""The compliance matrix: every duty of the policy in every period, its evidence, its waivers, and the calendar feed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response as Answer

from engine import groups, users
from engine.errors import EngineError, Language
from engine.obligations import waivers
from engine.obligations.catalogue import OBLIGATIONS, obligation_of
from engine.obligations.feed import WORDS, feed
from engine.obligations.matrix import Cell, Row, matrix
from engine.registers.exports import Column
from engine.store.tables import user
from webapp.auth import public
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.downloads import download
from webapp.errors import message_of, status_of
from webapp.navigation import NavigationItem

blueprint = Blueprint("obligation", __name__, url_prefix="/obligations")

NAVIGATION = (
    NavigationItem("obligation.index", lazy_gettext("Obligations"), "check", order=48, includes=("obligation",)),
)
TONES = {
    "done": "green",
    "late": "orange",
    "overdue": "red",
    "missed": "red",
    "waived": "blue",
    "upcoming": "grey",
    "none": "grey",
    "before": "grey",
}
MARKS = {
    "done": "✓",
    "late": "◷",
    "overdue": "!",
    "missed": "✕",
    "waived": "○",
    "upcoming": "",
    "none": "·",
    "before": "",
}
TROUBLE = ("late", "overdue", "missed")
_SPANS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class Chosen:
    """What the reader wants to see."""

    year: int
    owner: str
    only: str

    def arguments(self, **changed: Any) -> dict[str, Any]:
        """The address of the same view, with changes."""
        given = {"year": self.year, "owner": self.owner, "only": self.only, **changed}
        return {name: value for name, value in given.items() if value}


def _chosen() -> Chosen:
    zone = current_platform().settings.zone
    year = request.args.get("year", current_time().astimezone(zone).year, type=int)
    owner, only = request.args.get("owner", ""), request.args.get("only", "")
    owners = {one.owner for one in OBLIGATIONS.values()}
    return Chosen(
        min(max(year, 2000), 2100),
        owner if owner in owners else "",
        only if only in ("trouble", "unproved") else "",
    )


def _rows(connection: Connection, year: int) -> list[Row]:
    platform = current_platform()
    return matrix(connection, platform.runtime.library, year=year, zone=platform.settings.zone, now=current_time())


@blueprint.get("")
def index() -> str:
    """The matrix of a year."""
    chosen = _chosen()
    with reading() as connection:
        rows = _rows(connection, chosen.year)
        names = _group_names(connection)
    counted = [cell.status for row in rows for cell in row.cells]
    proved = sum(1 for row in rows if any(cell.status in ("done", "late") for cell in row.cells))
    shown = [row for row in rows if _is_wanted(row, chosen)]
    return render_template(
        "obligations/index.html",
        chosen=chosen,
        rows=shown,
        total=len(rows),
        proved=proved,
        counts={status: counted.count(status) for status in WORDS},
        owners={key: names.get(key, (key, key)) for key in dict.fromkeys(one.owner for one in OBLIGATIONS.values())},
        feed_url=url_for(".calendar", token=_token(), _external=True),
        **_words(),
    )


@blueprint.get("/<key>")
def show(key: str, problem: str = "", reason: str = "") -> str:
    """One duty: what it asks for, which steps prove it, and how every period of the year went."""
    chosen, obligation = _chosen(), obligation_of(key)
    with reading() as connection:
        row = next(one for one in _rows(connection, chosen.year) if one.obligation.id == key)
        names = _group_names(connection)
        people = {one.id: one.name for one in connection.execute(select(user.c.id, user.c.name))}
    return render_template(
        "obligations/show.html",
        chosen=chosen,
        row=row,
        obligation=obligation,
        owner=names.get(obligation.owner, (obligation.owner, obligation.owner)),
        people=people,
        may_waive=waivers.may_waive(current_actor()),
        problem=problem,
        reason=reason,
        wanted=request.form.get("period", ""),
        **_words(),
    )


@blueprint.post("/<key>/waivers")
def waive(key: str) -> Answer | tuple[str, int]:
    """Excuse the duty in one period, or take the excuse back."""
    given, actor, now = request.form, current_actor(), current_time()
    period = given.get("period", "")
    try:
        with writing() as connection:
            if given.get("withdraw"):
                waivers.withdraw(connection, actor=actor, obligation=key, period=period, now=now)
            else:
                reason = given.get("reason", "")
                waivers.waive(connection, actor=actor, obligation=key, period=period, reason=reason, now=now)
    except (waivers.WaiverReasonMissing, waivers.AlreadyWaived) as error:
        return show(key, message_of(error), given.get("reason", "")), status_of(error)
    flash(gettext("Saved."), "success")
    return redirect(url_for(".show", key=key, year=period[:4]))


@blueprint.get("/export.<file_format>")
def export(file_format: str) -> Response:
    """The matrix as a table: a line for each duty and period."""
    if file_format not in ("csv", "xlsx"):
        abort(404)
    chosen, language = _chosen(), current_language()
    with reading() as connection:
        cells = [cell for row in _rows(connection, chosen.year) if _is_wanted(row, chosen) for cell in row.cells]

    def rows(_connection: Connection) -> Iterator[Any]:
        return iter(cells)

    name = f"{gettext('Obligations')}-{chosen.year}"
    return download(name, _columns(language), rows, "xlsx" if file_format == "xlsx" else "csv")


@blueprint.get("/calendar/<token>.ics")
@public
def calendar(token: str) -> Response:
    """The duties of the groups somebody works in, this year's and the next, for a calendar that subscribes to it."""
    actor = _of_token(token)
    if actor is None:
        abort(404)
    zone, now = current_platform().settings.zone, current_time()
    year = now.astimezone(zone).year
    with reading() as connection:
        rows = [*_rows(connection, year), *_rows(connection, year + 1)]
    own = () if actor.is_administrator else tuple(actor.groups.values())
    return Response(feed(rows, language=actor.language, now=now, groups=own), mimetype="text/calendar")


def _is_wanted(row: Row, chosen: Chosen) -> bool:
    if chosen.owner and row.obligation.owner != chosen.owner:
        return False
    statuses = {cell.status for cell in row.cells}
    if chosen.only == "trouble":
        return not statuses.isdisjoint(TROUBLE)
    return chosen.only != "unproved" or statuses.isdisjoint(("done", "late"))


def _words() -> dict[str, Any]:
    side = 0 if current_language() == "zh" else 1
    return {
        "words": {status: pair[side] for status, pair in WORDS.items()},
        "tones": TONES,
        "marks": MARKS,
        "spans": _SPANS,
        "side": side,
    }


def _group_names(connection: Connection) -> dict[str, tuple[str, str]]:
    return {row.key: (row.name_zh, row.name_en) for row in groups.listed(connection)}


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_platform().settings.secret_key, salt="obligation-calendar")


def _token() -> str:
    """What stands for the reader in the address of the feed; a new password makes it void."""
    with reading() as connection:
        query = select(user.c.password_changed_at).where(user.c.id == current_actor().user_id)
        changed_at: datetime = connection.execute(query).scalar_one()
    return str(_signer().dumps([current_actor().user_id, changed_at.isoformat()]))


def _of_token(token: str) -> Any:
    try:
        user_id, changed_at = _signer().loads(token)
        with reading() as connection:
            return users.load_actor(
                connection, int(user_id), password_changed_at=datetime.fromisoformat(str(changed_at))
            )
    except (BadSignature, ValueError, TypeError, EngineError):
        return None


def _columns(language: Language) -> tuple[Column, ...]:
    side = 0 if language == "zh" else 1
    return (
        Column("编号", "Id", lambda one: one.obligation.id, 8),
        Column("条款", "Clause", lambda one: one.obligation.clause, 12),
        Column("义务", "Duty", lambda one: one.obligation.text(language), 48),
        Column("责任部门", "Owner", lambda one: one.obligation.owner, 20),
        Column("周期", "Period", lambda one: one.period.key, 12),
        Column("状态", "Status", lambda one: WORDS[one.status][side], 12),
        Column("期限", "Due", lambda one: one.due_at, 18),
        Column("履行时间", "Done", _done_at, 18),
        Column("按时", "On time", lambda one: one.on_time, 10),
        Column("迟履行", "Late", lambda one: one.late, 10),
        Column("逾期", "Overdue", lambda one: one.overdue, 10),
        Column("证据（流程实例）", "Evidence (instance)", lambda one: one.instance_id or "", 38),
        Column("豁免理由", "Waiver", lambda one: one.waiver.reason if one.waiver else "", 30),
    )


def _done_at(cell: Cell) -> datetime | None:
    return cell.done_at if cell.obligation.kind == "period" else None
