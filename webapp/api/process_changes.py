"""The files of a change for the editors: read and saved one by one, under a lock, with what the publish checks say."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from engine import process_changes
from engine.definitions.problems import Problem
from engine.errors import Invalid
from engine.process_changes import Lock
from webapp.context import current_actor, current_language, current_platform, current_time, reading, writing

blueprint = Blueprint("process_change_api", __name__, url_prefix="/api/process-changes")
_TYPES = {"diagram": "application/xml", "decisions": "application/xml", "rules": "text/yaml"}


class RevisionNeeded(Invalid):
    """A file is saved over the revision its writer saw."""

    code = "revision_needed"
    zh = "缺少请求头 X-Revision（所见的修订号）"
    en = "The header X-Revision (the revision that was seen) is missing"


@blueprint.get("/<int:change_id>")
def show(change_id: int) -> dict[str, Any]:
    """The change, who edits it, and its files."""
    actor = current_actor()
    with reading() as connection:
        change = process_changes.get(connection, actor, change_id)
        files = process_changes.files(connection, change_id)
        return {
            "id": change.id,
            "process_key": change.process_key,
            "status": change.status,
            "may_edit": process_changes.may_edit(connection, actor, change),
            "lock": _lock(process_changes.lock_of(change, actor, current_time())),
            "files": [{"name": one.name, "kind": one.kind, "revision": one.revision} for one in files.values()],
        }


@blueprint.get("/<int:change_id>/files/<name>")
def read(change_id: int, name: str) -> Response:
    """A file byte for byte; its revision is in the header ``X-Revision``."""
    with reading() as connection:
        process_changes.get(connection, current_actor(), change_id)
        found = process_changes.file(connection, change_id, name)
    answer = Response(found.content, mimetype=_TYPES.get(found.kind, "application/json"))
    answer.headers["X-Revision"] = str(found.revision)
    return answer


@blueprint.put("/<int:change_id>/files/<name>")
def save(change_id: int, name: str) -> dict[str, Any]:
    """Save a file over the revision given in ``X-Revision`` (0: a new one); what the checks say of all files then."""
    given = request.headers.get("X-Revision", "")
    if not given.isdecimal():
        raise RevisionNeeded()
    with writing() as connection:
        revision = process_changes.save_file(
            connection,
            actor=current_actor(),
            change_id=change_id,
            name=name,
            content=request.get_data(),
            revision=int(given),
            now=current_time(),
        )
    return {"revision": revision, **problems(change_id)}


@blueprint.delete("/<int:change_id>/files/<name>")
def remove(change_id: int, name: str) -> dict[str, Any]:
    """Take a file out."""
    with writing() as connection:
        process_changes.remove_file(
            connection, actor=current_actor(), change_id=change_id, name=name, now=current_time()
        )
    return problems(change_id)


@blueprint.get("/<int:change_id>/problems")
def problems(change_id: int) -> dict[str, Any]:
    """What the publish checks say of all files."""
    with reading() as connection:
        process_changes.get(connection, current_actor(), change_id)
        found = process_changes.problems(connection, current_platform().runtime, change_id)
    return {"problems": [_problem(one) for one in found]}


@blueprint.post("/<int:change_id>/lock")
def hold(change_id: int) -> dict[str, Any]:
    """Hold the lock for another minute; ``take_over`` takes it from whoever has it."""
    wanted = request.get_json(silent=True) or {}
    with writing() as connection:
        lock = process_changes.hold(
            connection,
            actor=current_actor(),
            change_id=change_id,
            now=current_time(),
            take_over=isinstance(wanted, dict) and wanted.get("take_over") is True,
        )
    return _lock(lock)


@blueprint.delete("/<int:change_id>/lock")
def release(change_id: int) -> tuple[str, int]:
    """Let go of the lock."""
    with writing() as connection:
        process_changes.get(connection, current_actor(), change_id)
        process_changes.release(connection, actor=current_actor(), change_id=change_id, now=current_time())
    return "", 204


def _problem(one: Problem) -> dict[str, str]:
    text = one.zh if current_language() == "zh" else one.en
    return {"code": one.code, "level": one.level, "file": one.file, "element": one.element_id, "text": text}


def _lock(lock: Lock) -> dict[str, Any]:
    return {
        "is_mine": lock.is_mine,
        "editor": lock.editor,
        "seen_at": None if lock.seen_at is None else lock.seen_at.isoformat(),
    }
