"""A change as a controlled document: submitted with a reason, reviewed by somebody else, in force from a moment on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from engine.actors import Actor
from engine.process_changes.changes import get, move
from engine.process_changes.contents import changed_files, problems, reached
from engine.process_changes.errors import (
    ChangeEmpty,
    ChangeHasProblems,
    ChangeNotOpen,
    ChangeOutdated,
    EffectiveInPast,
    NotAnOwner,
    NotAReviewer,
    NoteNeeded,
    ReachesOthers,
    ReasonNeeded,
    ReviewerWroteIt,
    WalksDiffer,
)
from engine.process_changes.ownership import owns, reviewers, reviews
from engine.runtime.step import Runtime
from engine.store.outbox_rows import outbox_row
from engine.store.tables import outbox, process_change, process_change_editor, process_definition, user
from engine.store.types import Record

LONGEST_REASON = 500
LONGEST_NOTE = 1000


@dataclass(frozen=True)
class Submission:
    """What is said when a change is submitted. ``effective_at`` None: as soon as it is approved.

    ``walks_hold`` tells that all walks were run on the present files and end as they say.
    """

    reason: str
    effective_at: datetime | None
    walks_hold: bool


def submit(
    connection: Connection, runtime: Runtime, *, actor: Actor, change_id: int, said: Submission, now: datetime
) -> None:
    """Hand a change to its reviewers.

    Raises ``NotAnOwner``, ``ChangeNotOpen``, ``ReasonNeeded``, ``EffectiveInPast``, ``ChangeEmpty``,
    ``ChangeOutdated``, ``ChangeHasProblems``, ``ReachesOthers`` and ``WalksDiffer``; nothing is changed then.
    """
    change = get(connection, actor, change_id)
    if not owns(connection, actor, change.process_key):
        raise NotAnOwner(key=change.process_key)
    if change.status != "editing":
        raise ChangeNotOpen()
    reason = said.reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise ReasonNeeded(limit=LONGEST_REASON, fields=["reason"])
    if said.effective_at is not None and said.effective_at < now:
        raise EffectiveInPast(fields=["effective_at"])
    _check(connection, runtime, actor, change)
    if not said.walks_hold:
        raise WalksDiffer()
    move(
        connection,
        actor,
        change_id,
        "submit",
        ("editing",),
        now,
        details={"reason": reason, "effective_at": said.effective_at and said.effective_at.isoformat()},
        status="submitted",
        reason=reason,
        effective_at=said.effective_at,
        submitted_by_id=actor.user_id,
        submitted_at=now,
        reviewed_by_id=None,
        reviewed_at=None,
        review_note="",
        failure_zh="",
        failure_en="",
        editor_id=None,
        editor_seen_at=None,
    )
    barred = editors(connection, change_id)
    to = [one for one in reviewers(connection, change.process_key) if one.id not in barred]
    subject = (f"请评审流程变更：{change.process_key}", f"A change of a process waits for review: {change.process_key}")
    tell(connection, change_id, f"submitted:{change.revision}", to, subject, reason, now)


def _check(connection: Connection, runtime: Runtime, actor: Actor, change: Record) -> None:
    if not changed_files(connection, change.id):
        raise ChangeEmpty()
    check_base(connection, change)
    errors = [one for one in problems(connection, runtime, change.id) if one.level == "error"]
    if errors:
        raise ChangeHasProblems(count=len(errors))
    foreign = [one for one in reached(connection, change.id, change.process_key) if not owns(connection, actor, one)]
    if foreign:
        raise ReachesOthers(processes=", ".join(foreign))


def check_base(connection: Connection, change: Record) -> None:
    """Raises ``ChangeOutdated`` when another version came into force since the change was opened."""
    latest = _latest(connection, change.process_key)
    if latest is not None and latest.id != change.base_definition_id:
        raise ChangeOutdated(version=latest.version)


def is_outdated(connection: Connection, change: Record) -> bool:
    """Whether an open change is compared with a version that is no longer in force."""
    latest = _latest(connection, change.process_key)
    return change.status == "editing" and latest is not None and latest.id != change.base_definition_id


def _latest(connection: Connection, key: str) -> Record | None:
    query = select(process_definition.c.id, process_definition.c.version).where(
        process_definition.c.key == key, process_definition.c.is_latest
    )
    return connection.execute(query).one_or_none()


def rebase(connection: Connection, *, actor: Actor, change_id: int, now: datetime) -> None:
    """Compare the files from now on with the version in force; they stay as they are. For an outdated change."""
    change = get(connection, actor, change_id)
    if not owns(connection, actor, change.process_key):
        raise NotAnOwner(key=change.process_key)
    latest = _latest(connection, change.process_key)
    base = None if latest is None else latest.id
    move(connection, actor, change_id, "rebase", ("editing",), now, base_definition_id=base)


def withdraw(connection: Connection, *, actor: Actor, change_id: int, now: datetime) -> None:
    """Take a change back from review, or out of the queue of what comes into force, to go on editing."""
    change = get(connection, actor, change_id)
    if not owns(connection, actor, change.process_key):
        raise NotAnOwner(key=change.process_key)
    move(connection, actor, change_id, "withdraw", ("submitted", "approved"), now, status="editing")


def approve(connection: Connection, *, actor: Actor, change_id: int, note: str, now: datetime) -> None:
    """Approve a change; it comes into force at its moment. Raises ``NotAReviewer`` and ``ReviewerWroteIt``."""
    change = _reviewed(connection, actor, change_id)
    _review(connection, actor, change, "approve", note, now, status="approved")


def send_back(connection: Connection, *, actor: Actor, change_id: int, note: str, now: datetime) -> None:
    """Send a change back to its author, saying why. Raises as ``approve``, and ``NoteNeeded``."""
    change = _reviewed(connection, actor, change_id)
    if not note.strip():
        raise NoteNeeded(fields=["note"])
    _review(connection, actor, change, "send_back", note, now, status="editing")


def may_review(connection: Connection, actor: Actor, change: Record) -> bool:
    """Whether somebody may approve a change now: a reviewer who wrote nothing of it."""
    return (
        change.status == "submitted"
        and reviews(connection, actor, change.process_key)
        and actor.user_id not in editors(connection, change.id)
    )


def editors(connection: Connection, change_id: int) -> set[int]:
    """Everybody who wrote in a change or submitted it."""
    wrote = select(process_change_editor.c.user_id).where(process_change_editor.c.change_id == change_id)
    submitted = select(process_change.c.submitted_by_id).where(process_change.c.id == change_id)
    return {one for one in connection.scalars(wrote.union(submitted)) if one is not None}


def tell(
    connection: Connection,
    change_id: int,
    what: str,
    people: Sequence[Record],
    subject: tuple[str, str],
    text: str,
    now: datetime,
) -> None:
    """Put a mail to each of ``people`` into the outbox, in their language; ``what`` lets each go out once."""
    path = f"/process-changes/{change_id}"
    rows = [
        outbox_row(
            "mail",
            f"mail:process_change:{change_id}:{what}:{person.id}",
            {"to": person.email, "subject": subject[0 if person.language == "zh" else 1], "text": f"{text}\n\n{path}"},
            instance_id=None,
            now=now,
        )
        for person in people
        if person.email
    ]
    if rows:
        connection.execute(insert(outbox), rows)


def author_of(connection: Connection, change: Record) -> list[Record]:
    """The author and whoever submitted the change."""
    ids = [one for one in {change.author_id, change.submitted_by_id} if one is not None]
    return list(connection.execute(select(user).where(user.c.id.in_(ids), user.c.is_active)))


def _reviewed(connection: Connection, actor: Actor, change_id: int) -> Record:
    change = get(connection, actor, change_id)
    if not reviews(connection, actor, change.process_key):
        raise NotAReviewer(key=change.process_key)
    if change.status != "submitted":
        raise ChangeNotOpen()
    if actor.user_id in editors(connection, change_id):
        raise ReviewerWroteIt()
    return change


def _review(
    connection: Connection, actor: Actor, change: Record, action: str, note: str, now: datetime, *, status: str
) -> None:
    said = note.strip()[:LONGEST_NOTE]
    move(
        connection,
        actor,
        change.id,
        action,
        ("submitted",),
        now,
        details={"note": said},
        status=status,
        reviewed_by_id=actor.user_id,
        reviewed_at=now,
        review_note=said,
    )
    subject = (
        (f"流程变更已批准：{change.process_key}", f"A change of a process was approved: {change.process_key}")
        if status == "approved"
        else (f"流程变更被退回：{change.process_key}", f"A change of a process was sent back: {change.process_key}")
    )
    tell(connection, change.id, f"{action}:{change.revision}", author_of(connection, change), subject, said, now)
