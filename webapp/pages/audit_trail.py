"""The audit trail: who changed what, and the proof that nobody altered the record of it (administrators)."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from engine import audit_trail
from engine.audit_trail import AuditQuery
from webapp.context import current_actor, reading
from webapp.navigation import NavigationItem, administrators

blueprint = Blueprint("audit_trail", __name__, url_prefix="/admin/audit")
FIELDS = ("actor", "action", "subject_type", "subject_id")

NAVIGATION = (
    NavigationItem(
        "audit_trail.index",
        lazy_gettext("Audit trail"),
        "shield",
        section="administration",
        order=60,
        shown_to=administrators,
        includes=("audit_trail",),
    ),
)


@blueprint.get("")
def index() -> str:
    """The records, latest first, filtered."""
    return _page()


@blueprint.post("/verify")
def verify() -> str:
    """Walk the whole chain and say whether it is sound."""
    with reading() as connection:
        return _page(verification=audit_trail.verify(connection, actor=current_actor()))


def _page(**more: Any) -> str:
    wanted = {field: request.args.get(field, "").strip() for field in FIELDS}
    query = AuditQuery(**wanted, before=request.args.get("before", type=int))
    with reading() as connection:
        rows = audit_trail.listed(connection, query, actor=current_actor())
    shown, more_rows = rows[: query.size], rows[query.size :]
    given = {field: value for field, value in wanted.items() if value}
    following = url_for("audit_trail.index", **given, before=shown[-1].sequence) if more_rows else None
    return render_template(
        "audit_trail/index.html",
        rows=[(row, _details(row.details)) for row in shown],
        wanted=wanted,
        is_first=query.before is None,
        first_url=url_for("audit_trail.index", **given),
        following=following,
        reasons={
            "missing": gettext("a record is missing or out of order"),
            "link": gettext("it does not continue the record before it"),
            "content": gettext("its content was altered"),
            "truncated": gettext("records at the end were removed"),
            "history_altered": gettext("the case history it vouches for was altered"),
            "history_missing": gettext("the case history it vouches for was removed"),
            "history_added": gettext("case history was added that no record vouches for"),
        },
        **more,
    )


def _details(text: str) -> list[tuple[str, str]]:
    """The details of a record as pairs."""
    details = orjson.loads(text)
    return [
        (str(key), value if isinstance(value, str) else orjson.dumps(value).decode()) for key, value in details.items()
    ]
