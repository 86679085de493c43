"""The task page: the form in the middle, what is known beside it, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_wtf.csrf import generate_csrf
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine import assignments, attachments, groups, inbox, inbox_queries, instances, submissions, users, work_items
from engine.forms import FileInfo, Form, FormContext, FormInvalid
from engine.runtime.separation import barring
from engine.store.types import Record
from webapp.auth import safe_target
from webapp.case_view import CaseView, load_case
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing
from webapp.files import UploadMissing, WorkItemFiles, send_upload_result
from webapp.forms.context import form_context
from webapp.forms.post import apply_row_action, attach_files, read_post
from webapp.forms.view import FormView
from webapp.pages.inbox import today_ends_at

blueprint = Blueprint("work_item", __name__, url_prefix="/work-items")


@blueprint.get("/<work_item_id>")
def show(work_item_id: str) -> str:
    """The task with its form, or with what was answered once it is done."""
    with reading() as connection:
        page = _Page(connection, work_item_id)
        kept = inbox.draft(connection, actor=current_actor(), work_item_id=work_item_id)
        view = page.form_view(None if kept is None else kept.data, restored=kept is not None)
        return page.render(connection, view)


@blueprint.post("/<work_item_id>")
def submit(work_item_id: str) -> Response | tuple[str, int] | str | tuple[str, int, dict[str, str]]:
    """Submit, save a draft, refresh computed fields, or change the rows of a list: the button says which."""
    action = request.form.get("_do", "submit")
    with reading() as connection:
        page = _Page(connection, work_item_id)
    if page.form is None:
        return _complete(page, {})
    data = page.read_data()
    if action == "draft":
        with writing() as connection:
            inbox.save_draft(
                connection, actor=current_actor(), work_item_id=work_item_id, data=data, now=current_time()
            )
        if "HX-Request" in request.headers or request.headers.get("Accept", "").startswith("application/json"):
            return "", 204
        flash(gettext("Draft saved"), "success")
        return redirect(url_for(".show", work_item_id=work_item_id))
    if action == "submit":
        return _complete(page, data)
    if action != "refresh":
        data = apply_row_action(page.form, data, action, page.context)
    return _form_again(page, data)


def _complete(page: _Page, data: dict[str, Any]) -> Response | tuple[str, int] | str:
    try:
        with writing() as connection:
            submissions.complete(
                current_platform().runtime,
                connection,
                actor=current_actor(),
                work_item_id=page.item.id,
                submitted=data,
                language=current_language(),
                now=current_time(),
            )
    except FormInvalid as invalid:
        with reading() as connection:
            as_it_is_now = _Page(connection, page.item.id)
        return _form_again(as_it_is_now, data, invalid.details["fields"]), 422
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": url_for(".submitted", work_item_id=page.item.id)})
    return redirect(url_for(".submitted", work_item_id=page.item.id))


def _form_again(page: _Page, data: dict[str, Any], errors: dict[str, list[str]] | None = None) -> str:
    if not page.may.complete:
        raise work_items.why_not(page.item)
    view = page.form_view(data, errors=errors)
    if "HX-Request" in request.headers:
        return render_template("work_items/form.html", view=view, page=page)
    with reading() as connection:
        return page.render(connection, view)


@blueprint.get("/<work_item_id>/submitted")
def submitted(work_item_id: str) -> str:
    """After a submission: where the case stands now, and the next task."""
    actor, now = current_actor(), current_time()
    with reading() as connection:
        item = work_items.get(connection, work_item_id, actor)
        following = inbox_queries.next_for(connection, actor, now=now, today_ends_at=today_ends_at(now))
        open_items = [one for one in instances.work_items(connection, item.instance_id) if one.state in _OPEN]
        visible = instances.may_see(connection, instances.get(connection, item.instance_id), actor)
    return render_template(
        "work_items/submitted.html", item=item, following=following, open_items=open_items, visible=visible
    )


_OPEN = ("ready", "reserved")


@blueprint.post("/<work_item_id>/claim")
def claim(work_item_id: str) -> Response:
    """Take the task for oneself."""
    with writing() as connection:
        inbox.claim(connection, actor=current_actor(), work_item_id=work_item_id, now=current_time())
    return redirect(url_for(".show", work_item_id=work_item_id))


@blueprint.post("/<work_item_id>/release")
def release(work_item_id: str) -> Response:
    """Give the task back."""
    with writing() as connection:
        inbox.release(connection, actor=current_actor(), work_item_id=work_item_id, now=current_time())
    flash(gettext("The task was given back"), "success")
    return redirect(url_for("inbox.todo"))


@blueprint.post("/<work_item_id>/reassign")
def reassign(work_item_id: str) -> Response:
    """Hand the task to somebody (administrators)."""
    with writing() as connection:
        assignments.reassign(
            connection,
            actor=current_actor(),
            work_item_id=work_item_id,
            to_user_id=request.form.get("user", type=int) or 0,
            now=current_time(),
        )
    flash(gettext("The task was handed over"), "success")
    return redirect(safe_target(request.form.get("back") or url_for(".show", work_item_id=work_item_id)))


@blueprint.post("/<work_item_id>/forward")
def forward(work_item_id: str) -> Response:
    """Hand one's own task to a colleague for good."""
    with writing() as connection:
        assignments.forward(
            connection,
            actor=current_actor(),
            work_item_id=work_item_id,
            to_user_id=request.form.get("user", type=int) or 0,
            comment=request.form.get("comment", "")[:300],
            now=current_time(),
        )
    flash(gettext("The task was forwarded"), "success")
    return redirect(url_for("inbox.todo"))


@blueprint.post("/<work_item_id>/attachments")
def attach(work_item_id: str) -> Response:
    """Add files to the case from the task page, outside the form."""
    with reading() as connection:
        page = _Page(connection, work_item_id)
    page.guard_writing()
    chosen = [one for one in request.files.getlist("file") if one.filename]
    if not chosen:
        raise UploadMissing()
    for one in chosen:
        page.store.save(one.stream, one.filename or "", one.mimetype or "application/octet-stream")
    flash(ngettext("%(num)d file attached", "%(num)d files attached", len(chosen)), "success")
    return redirect(url_for(".show", work_item_id=work_item_id))


@blueprint.post("/<work_item_id>/files")
def upload(work_item_id: str) -> Response:
    """Keep one file as it is chosen, before the form is submitted."""
    with reading() as connection:
        page = _Page(connection, work_item_id)
    page.guard_writing()
    return send_upload_result(page.store)


class _Page:
    """One work item as its page needs it."""

    def __init__(self, connection: Connection, work_item_id: str) -> None:
        self.item, self.may = work_items.get_permitted(connection, work_item_id, current_actor())
        self.form: Form | None = submissions.work_item_form(current_platform().runtime, connection, self.item)
        self.store = WorkItemFiles(work_item_id, self.item.instance_id)

    # Read when the form is drawn: an answer that is accepted needs neither.

    @cached_property
    def variables(self) -> dict[str, Any]:
        """What the form may read of the case."""
        with reading() as connection:
            return instances.waiting_variables(current_platform().runtime, connection, self.item, now=current_time())

    @cached_property
    def files(self) -> dict[str, FileInfo]:
        """The uploads the form may name."""
        with reading() as connection:
            return attachments.usable(connection, actor=current_actor(), work_item_id=self.item.id)

    @property
    def initial(self) -> dict[str, Any]:
        """What the form starts with."""
        assert self.form is not None
        with reading() as connection:
            return submissions.earlier_answers(
                current_platform().runtime, connection, self.item, self.form, self.variables
            )

    @property
    def context(self) -> FormContext:
        """What the form may know; its functions read in the transaction that is open now."""
        with reading() as connection:
            return form_context(connection, self.variables, self.files)

    def guard_writing(self) -> None:
        """Only who may complete the task may add files to it."""
        if not self.may.complete:
            raise work_items.WorkItemUnknown()

    def read_data(self) -> dict[str, Any]:
        """What was posted, its files kept."""
        assert self.form is not None
        data = read_post(self.form, request.form, current_platform().settings.zone)
        if self.may.complete:
            data = attach_files(self.form, data, request.files, self.store)
        return data

    def form_view(
        self, data: Any, *, errors: dict[str, list[str]] | None = None, restored: bool = False
    ) -> FormView | None:
        """The form as drawn, or None when there is nothing to fill in or nobody may."""
        if self.form is None or not self.may.complete:
            return None
        address = url_for("work_item.submit", work_item_id=self.item.id)
        return FormView(
            self.form,
            data,
            context=self.context,
            initial=self.initial,
            errors=errors,
            action=address,
            id="task-form",
            csrf_token=generate_csrf(),
            upload_url=url_for("work_item.upload", work_item_id=self.item.id),
            draft_key=f"{self.item.id}:{current_actor().user_id}",
            saves_drafts=True,
            restored=restored,
        )

    def render(self, connection: Connection, view: FormView | None) -> str:
        """The whole page."""
        case: CaseView = load_case(connection, self.item.instance_id)
        people = _receivers(connection, self.item) if self.may.reassign or self.may.forward else []
        return render_template(
            "work_items/show.html",
            page=self,
            item=self.item,
            may=self.may,
            view=view,
            case=case,
            people=people,
            resubmitted=bool(case.answers) and case.answers[-1].again,
        )


@dataclass(frozen=True)
class Receiver:
    """Somebody a task may be handed to, or the reason why not."""

    id: int
    login: str
    name: str
    barred_by: str = ""


def _receivers(connection: Connection, item: Record) -> list[Receiver]:
    rows = users.active(connection)
    memberships = groups.of_users(connection, [row.id for row in rows]) if item.separations else {}
    found = []
    for row in rows:
        recipients = [f"user:{row.id}", *(f"group:{one.id}" for one in memberships.get(row.id, ()))]
        separation = barring(item.separations, recipients)
        reason = "" if separation is None else str(separation[current_language()])
        found.append(Receiver(row.id, row.login, row.name, reason))
    return [one for one in found if one.id != item.assignee_id]
