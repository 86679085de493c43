"""The figures the policy leaves to the company: terms and thresholds (administrators)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from engine import policy_settings, users
from engine.policy_settings import CATALOGUE, SettingOutOfRange
from webapp.context import current_actor, current_time, reading, writing
from webapp.errors import message_of
from webapp.navigation import NavigationItem, administrators

blueprint = Blueprint("policy_settings", __name__, url_prefix="/admin/policy-settings")

NAVIGATION = (
    NavigationItem(
        "policy_settings.index",
        lazy_gettext("Terms and thresholds"),
        "clock",
        section="administration",
        order=35,
        shown_to=administrators,
    ),
)
TOPICS = {
    "complaint": lazy_gettext("Complaints"),
    "nonconformity": lazy_gettext("Nonconformities"),
    "audit": lazy_gettext("Internal audits"),
    "review": lazy_gettext("Management reviews"),
    "survey": lazy_gettext("Satisfaction surveys"),
    "visit": lazy_gettext("Project visits"),
    "improvement": lazy_gettext("Improvements"),
    "sla": lazy_gettext("Service level agreements"),
    "quality_plan": lazy_gettext("Quality plans"),
    "monitoring": lazy_gettext("Service monitoring"),
    "spare_parts": lazy_gettext("Spare parts"),
    "statistics": lazy_gettext("Monthly statistics"),
    "service_report": lazy_gettext("Service reports"),
    "quality_report": lazy_gettext("Monthly quality reports"),
    "quality_meeting": lazy_gettext("Quality meetings"),
    "work_summary": lazy_gettext("Monthly and quarterly summaries"),
    "spot_check": lazy_gettext("Spot checks"),
    "document": lazy_gettext("Controlled documents"),
    "obligation": lazy_gettext("Obligations"),
}


@blueprint.get("")
def index() -> str:
    """All figures with what they mean and where they come from."""
    users.require_administrator(current_actor())
    with reading() as connection:
        values = policy_settings.values(connection)
    return _page({key: str(value) for key, value in values.items()}, {})


@blueprint.post("")
def change() -> Response | tuple[str, int]:
    """Keep every figure that is within its limits; if one is not, keep none and say which."""
    users.require_administrator(current_actor())
    given = {key: request.form.get(key, "").strip() for key in CATALOGUE}
    figures, problems = {}, {}
    for key, text in given.items():
        try:
            figures[key] = policy_settings.checked(key, text)
        except SettingOutOfRange as refused:
            problems[key] = message_of(refused)
    if problems:
        return _page(given, problems), 422
    with writing() as connection:
        for key, figure in figures.items():
            policy_settings.change(connection, actor=current_actor(), key=key, value=figure, now=current_time())
    flash(gettext("Saved."), "success")
    return redirect(url_for(".index"))


def _page(given: Mapping[str, str], problems: Mapping[str, str]) -> str:
    topics = [
        (name, [one for one in CATALOGUE.values() if one.key.startswith(f"{prefix}.")])
        for prefix, name in TOPICS.items()
    ]
    return render_template("policy_settings/index.html", topics=topics, given=given, problems=problems)
