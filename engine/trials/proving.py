"""Whether its walks still prove an approved change when it comes into force: the house may have moved on since.

Walks are done in memory and take seconds. Whoever publishes therefore renews the proof first, outside any transaction,
and asks in the transaction that publishes whether it stands (``engine.worker.Proof``).
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.bootstrap import Platform
from engine.errors import Conflict, Invalid
from engine.store.tables import process_change
from engine.trials import circumstances, suite, walk_file
from engine.trials.walk_run import WalkRun


class ProofOutdated(Conflict):
    """The house has moved on since the walks were done."""

    code = "proof_outdated"
    zh = "走查之后配置有变，需要重新运行走查"
    en = "Something has changed since the walks were run; they are run again"


class WalksNoLongerHold(Invalid):
    """Walks that ended as they said when the change was submitted do so no longer."""

    code = "walks_no_longer_hold"
    zh = "生效前重新运行走查，结果与预期不一致：{why_zh}"
    en = "Run again before coming into force, walks end otherwise than they say: {why_en}"


def stands(connection: Connection, change_id: int) -> bool:
    """Whether all walks of a change were done on its files, in the house as it is, and end as they say."""
    walks = walk_file.walks_of(connection, change_id)
    if not walks:
        return True
    run = suite.latest(connection, change_id)
    return run is not None and run.holds and run.circumstances == circumstances.digest(connection, walks)


def check(connection: Connection, change_id: int) -> None:
    """Raises ``ProofOutdated`` unless the proof stands."""
    if not stands(connection, change_id):
        raise ProofOutdated()


def renew(platform: Platform, change_id: int) -> bool:
    """Do the walks of a change once more if the proof does not stand; False while somebody else is doing them.

    Raises ``WalksNoLongerHold``.
    """
    with platform.database.read() as connection:
        if stands(connection, change_id):
            return True
    run_id = _begin(platform, change_id)
    if run_id is None:
        return False
    suite.run(platform, run_id)
    with platform.database.read() as connection:
        run = suite.latest(connection, change_id)
    if run is None or not run.all_as_named:
        raise WalksNoLongerHold(why_zh=_why(run, "zh"), why_en=_why(run, "en"))
    return True


def _begin(platform: Platform, change_id: int) -> int | None:
    """Note a run in the name of whoever submitted the change; None while such a run is under way."""
    now = platform.clock.now()
    with platform.database.write() as connection:
        # Another node that looks at this change waits here, and then finds the run.
        query = select(process_change.c.submitted_by_id).where(process_change.c.id == change_id)
        author = connection.execute(query.with_for_update()).scalar_one()
        known = suite.latest(connection, change_id, now=now)
        if (
            known is not None
            and known.status == "running"
            and known.is_current
            and known.circumstances == suite.circumstances_of(connection, change_id)
        ):
            return None
        return suite.note_run(connection, change_id, started_by_id=author, now=now)


def _why(run: WalkRun | None, language: str) -> str:
    """The walks that differ, each with what stopped it; why none could be done."""
    if run is None:
        return ""
    differing = [one for one in run.results if not one.as_named]
    said = [
        f"{getattr(one, language)}{f' ({one.stop[language]})' if one.stop is not None else ''}" for one in differing
    ]
    return ("；" if language == "zh" else "; ").join(said) or run.failure.get(language, "")
