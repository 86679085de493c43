"""发起流程: the processes a person may start, and their start forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from flask_wtf.csrf import generate_csrf
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import attachments, groups, instances, submissions
from engine.errors import Forbidden
from engine.forms import FormContext, FormInvalid
from engine.forms.model import scope_fields
from engine.runtime.step import new_id
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.files import WorkItemFiles, send_upload_result
from webapp.forms.context import form_context
from webapp.forms.post import apply_row_action, attach_files, read_post
from webapp.forms.view import FormView
from webapp.navigation import NavigationItem
from webapp.processes import startable

blueprint = Blueprint("start", __name__, url_prefix="/start")

NAVIGATION = (
    NavigationItem("start.choose", lazy_gettext("Start a process"), "start", order=40, on_phone=lazy_gettext("Start")),
)

_TEXT_FIELDS = ("textfield", "textarea", "select", "radio")
_LONGEST_PREFILL = 300


@blueprint.get("")
def choose() -> str:
    """The processes a person may start, found by name."""
    wanted = request.args.get("q", "").strip().lower()
    with reading() as connection:
        rows = startable(connection, current_actor())
        areas = {one.key: one for one in groups.listed(connection)}
    found = [row for row in rows if wanted in f"{row.name_zh} {row.name_en} {row.key}".lower()]
    return render_template("starts/choose.html", rows=found, areas=areas, wanted=request.args.get("q", ""))


@blueprint.get("/<key>")
def fill_in(key: str) -> str:
    """The start form."""
    with reading() as connection:
        page = _Page(connection, key, new_id())
        return page.render(page.form_view(None, initial=page.asked_for(request.args)))


@blueprint.post("/<key>")
def submit(key: str) -> Response | str | tuple[str, int]:
    """Start the process, or answer what the form's own buttons ask."""
    action = request.form.get("_do", "submit")
    with reading() as connection:
        page = _Page(connection, key, request.form.get("instance_id", "") or new_id())
    data: dict[str, Any] = {}
    if page.form is not None:
        data = read_post(page.form, request.form, current_platform().settings.zone)
        data = attach_files(page.form, data, request.files, page.store)
        if action not in ("submit", "refresh"):
            data = apply_row_action(page.form, data, action, page.context)
        if action != "submit":
            return page.again(data)
    try:
        with writing() as connection:
            started = submissions.start(
                current_platform().runtime,
                connection,
                actor=current_actor(),
                key=key,
                submitted=data,
                instance_id=page.instance_id,
                language=current_language(),
                now=current_time(),
            )
    except FormInvalid as invalid:
        return page.again(data, invalid.details["fields"]), 422
    target = url_for("process_instance.show", instance_id=started.instance_id, submitted=1)
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target)


@blueprint.post("/<key>/files")
def upload(key: str) -> Response:
    """Keep one file as it is chosen."""
    with reading() as connection:
        page = _Page(connection, key, "")
    return send_upload_result(page.store)


class _Page:
    """The start form of one process."""

    def __init__(self, connection: Connection, key: str, instance_id: str) -> None:
        runtime, actor = current_platform().runtime, current_actor()
        self.process = runtime.library.latest(connection, key)
        if not instances.may_start(self.process.model.starter_groups, actor):
            raise Forbidden()
        plain = self.process.model.plain_start
        if plain is None:
            raise instances.NotStartable(key=key)
        self.instance_id = instance_id
        self.form = runtime.library.form(connection, self.process.id, plain.form_key) if plain.form_key else None
        self.store = WorkItemFiles(None, None)

    @property
    def context(self) -> FormContext:
        """What the form may know; its functions read in the transaction that is open now."""
        with reading() as connection:
            return form_context(connection, files=attachments.usable(connection, actor=current_actor()))

    def asked_for(self, given: Mapping[str, str]) -> dict[str, str]:
        """What the address says of the form's own fields of text, e.g. the record a nonconformity comes from."""
        components = () if self.form is None else scope_fields(self.form.components)
        known = {component.name for component in components if component.type in _TEXT_FIELDS}
        return {key: value[:_LONGEST_PREFILL] for key, value in given.items() if key in known}

    def form_view(
        self, data: Any, *, initial: Mapping[str, str] | None = None, errors: dict[str, list[str]] | None = None
    ) -> FormView | None:
        """The form as drawn, or None when the process asks nothing at its start."""
        if self.form is None:
            return None
        key = self.process.key
        return FormView(
            self.form,
            data,
            context=self.context,
            initial=initial,
            errors=errors,
            action=url_for("start.submit", key=key),
            id="start-form",
            csrf_token=generate_csrf(),
            upload_url=url_for("start.upload", key=key),
            draft_key=f"start:{key}:{current_actor().user_id}",
        )

    def again(self, data: Any, errors: dict[str, list[str]] | None = None) -> str:
        """The form as typed, with what is wrong."""
        view = self.form_view(data, errors=errors)
        if "HX-Request" in request.headers:
            return render_template("starts/form.html", view=view, page=self)
        return self.render(view)

    def render(self, view: FormView | None) -> str:
        """The whole page."""
        return render_template("starts/fill_in.html", page=self, view=view, model=self.process.model)
