"""A process is changed like any controlled document: by its owners, reviewed by somebody else, in force when said."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from queue import SimpleQueue
from typing import Any

import pytest

from engine import policy_settings, process_changes, process_library, users
from engine.bootstrap import Platform
from engine.errors import EngineError
from engine.process_changes import Submission
from engine.process_changes.errors import (
    ChangeHasProblems,
    ChangeLocked,
    ChangeMovedOn,
    ChangeNotOpen,
    ChangeOutdated,
    ChangeUnderWay,
    NotAnOwner,
    NotAReviewer,
    ReasonNeeded,
    ReviewerWroteIt,
    WalksDiffer,
)
from engine.settings import ROOT
from engine.store import configuration
from engine.store.tables import walk_run
from engine.trials import proving, suite
from engine.worker import Worker
from tests.support.company import Company

KEY = "customer_feedback"
BPMN = f"{KEY}.bpmn"
VISIT = "project_visit"


@pytest.fixture
def owned(company: Company) -> Company:
    """The service desk owns the process, quality management reviews its changes."""
    company.stop_what_recurs()
    do(company, process_changes.set_owner, "admin", key=KEY, owner_group="service_desk", reviewer_group="quality")
    return company


def do(company: Company, act: Any, who: str, /, *given: Any, **more: Any) -> Any:
    with company.platform.database.write() as connection:
        return act(connection, *given, actor=company.actor(who), now=company.clock.now(), **more)


def content(company: Company, change_id: int, name: str = BPMN) -> str:
    with company.platform.database.read() as connection:
        return process_changes.file(connection, change_id, name).content.decode()


def status(company: Company, change_id: int) -> str:
    with company.platform.database.read() as connection:
        return str(process_changes.get(connection, company.actor("admin"), change_id).status)


def in_force(company: Company, key: str = KEY) -> process_library.ProcessVersion:
    with company.platform.database.read() as connection:
        return process_library.version_of(connection, key)


def renamed(company: Company, login: str = "liuyang") -> int:
    """Liu Yang begins a change and gives a step another name."""
    change_id = int(do(company, process_changes.open_change, login, key=KEY))
    text = content(company, change_id).replace('name="评估意见"', 'name="评估客户意见"')
    save(company, login, change_id, text, 1)
    return change_id


def save(company: Company, login: str, change_id: int, text: str, revision: int, name: str = BPMN) -> int:
    said = {"change_id": change_id, "name": name, "content": text.encode(), "revision": revision}
    return int(do(company, process_changes.save_file, login, **said))


def submit(company: Company, login: str, change_id: int, **said: Any) -> None:
    submission = Submission(**{"reason": "客户看不懂“评估意见”", "effective_at": None, "walks_hold": True, **said})
    do(company, process_changes.submit, login, company.platform.runtime, change_id=change_id, said=submission)


def test_a_change_is_written_by_its_owner_reviewed_by_quality_and_comes_into_force(owned: Company) -> None:
    company = owned
    company.start("liuyang", KEY, **feedback())
    change_id = renamed(company)
    assert in_force(company).row.version == 1, "nothing is changed before it is approved"
    submit(company, "liuyang", change_id)
    company.deliver()
    assert ("xumei", f"请评审流程变更：{KEY}") in company.subjects
    do(company, process_changes.approve, "xumei", change_id=change_id, note="同意")
    company.deliver()
    version = in_force(company)
    assert (version.row.version, version.row.reason, version.row.deployed_by) == (2, "客户看不懂“评估意见”", "刘洋")
    assert version.model.elements["evaluate"].name("zh") == "评估客户意见"
    assert status(company, change_id) == "published"
    assert ("liuyang", f"流程变更已生效：{KEY}") in company.subjects
    # The case under way goes on as it began.
    assert [one.name_zh for one in company.inbox("lihao")] == ["评估意见"]


def test_it_comes_into_force_at_its_moment(owned: Company) -> None:
    company = owned
    change_id = renamed(company)
    moment = company.clock.now() + timedelta(days=3)
    submit(company, "liuyang", change_id, effective_at=moment)
    do(company, process_changes.approve, "hexin", change_id=change_id, note="")
    company.pass_time(days=2)
    assert (status(company, change_id), in_force(company).row.version) == ("approved", 1)
    company.pass_time(days=1)
    assert (status(company, change_id), in_force(company).row.version) == ("published", 2)
    assert in_force(company).row.deployed_at == moment


def test_whoever_wrote_it_does_not_approve_it(owned: Company) -> None:
    company = owned
    do(company, process_changes.set_owner, "admin", key=KEY, owner_group="quality", reviewer_group="quality")
    change_id = renamed(company, "xumei")
    do(company, process_changes.hold, "hexin", change_id=change_id, take_over=True)
    save(company, "hexin", change_id, content(company, change_id) + "\n", 2)
    submit(company, "xumei", change_id)
    for login in ("xumei", "hexin"):
        with pytest.raises(ReviewerWroteIt):
            do(company, process_changes.approve, login, change_id=change_id, note="")
    with pytest.raises(NotAReviewer):
        do(company, process_changes.approve, "admin", change_id=change_id, note="")
    assert status(company, change_id) == "submitted"


def test_only_its_owners_change_it_one_change_at_a_time(owned: Company) -> None:
    company = owned
    with pytest.raises(NotAnOwner):
        do(company, process_changes.open_change, "lihao", key=KEY)
    change_id = renamed(company)
    with pytest.raises(ChangeUnderWay):
        do(company, process_changes.open_change, "zhaoqian", key=KEY)
    with pytest.raises(NotAnOwner), company.platform.database.read() as connection:
        process_changes.get(connection, company.actor("lihao"), change_id)
    with pytest.raises(NotAnOwner):
        save(company, "xumei", change_id, "<x/>", 2)  # a reviewer reads, and does not write
    do(company, process_changes.discard, "chenjing", change_id=change_id)
    assert do(company, process_changes.open_change, "zhaoqian", key=KEY) > change_id


def test_two_people_do_not_overwrite_each_other(owned: Company) -> None:
    company = owned
    change_id = renamed(company)
    with pytest.raises(ChangeLocked) as refused:
        save(company, "zhaoqian", change_id, "<x/>", 2)
    assert "刘洋" in refused.value.message("zh")
    company.pass_time(seconds=61)  # Liu Yang's browser is closed
    text = content(company, change_id).replace("评估客户意见", "评估")
    assert save(company, "zhaoqian", change_id, text, 2) == 3
    with pytest.raises(ChangeLocked):
        save(company, "liuyang", change_id, "<x/>", 2)
    do(company, process_changes.hold, "liuyang", change_id=change_id, take_over=True)
    with pytest.raises(ChangeMovedOn):
        save(company, "liuyang", change_id, "<x/>", 2)
    assert content(company, change_id) == text
    assert save(company, "liuyang", change_id, text, 3) == 3, "the same content again is no revision"


def test_what_the_checks_refuse_is_not_submitted(owned: Company) -> None:
    company = owned
    change_id = renamed(company)
    good = content(company, change_id)
    save(company, "liuyang", change_id, good.replace('formRef="feedback_evaluate"', 'formRef="nothing"'), 2)
    with pytest.raises(ChangeHasProblems):
        submit(company, "liuyang", change_id)
    save(company, "liuyang", change_id, '<!DOCTYPE x [<!ENTITY a "b">]><x/>', 3)
    with pytest.raises(ChangeHasProblems):
        submit(company, "liuyang", change_id)
    save(company, "liuyang", change_id, good, 4)
    with pytest.raises(ReasonNeeded):
        submit(company, "liuyang", change_id, reason="  ")
    with pytest.raises(WalksDiffer):
        submit(company, "liuyang", change_id, walks_hold=False)
    submit(company, "liuyang", change_id)
    with pytest.raises(ChangeNotOpen):
        save(company, "liuyang", change_id, good, 5)


def test_what_cannot_come_into_force_goes_back_with_the_reason(owned: Company) -> None:
    company = owned
    change_id = renamed(company)
    submit(company, "liuyang", change_id, effective_at=company.clock.now() + timedelta(days=1))
    do(company, process_changes.approve, "xumei", change_id=change_id, note="")
    publish_by_hand(company)
    company.pass_time(days=2)
    with company.platform.database.read() as connection:
        change = process_changes.get(connection, company.actor("liuyang"), change_id)
    assert (change.status, in_force(company).row.version) == ("editing", 2)
    assert "v2" in change.failure_zh
    with pytest.raises(ChangeOutdated):
        submit(company, "liuyang", change_id)
    do(company, process_changes.rebase, "liuyang", change_id=change_id)
    submit(company, "liuyang", change_id)


def approved_visit(company: Company, *, days: int) -> int:
    """A change of the visits, with its walks run, approved today and in force in some days."""
    do(company, process_changes.set_owner, "admin", key=VISIT, owner_group="service_desk", reviewer_group="quality")
    change_id = int(do(company, process_changes.open_change, "liuyang", key=VISIT))
    text = content(company, change_id, f"{VISIT}.bpmn").replace('name="回访客户"', 'name="走访客户"')
    save(company, "liuyang", change_id, text, 1, f"{VISIT}.bpmn")
    suite.run(company.platform, do(company, suite.begin, "liuyang", change_id=change_id))
    submit(company, "liuyang", change_id, effective_at=company.clock.now() + timedelta(days=days))
    do(company, process_changes.approve, "xumei", change_id=change_id, note="")
    return change_id


def test_walks_are_run_again_when_a_figure_was_changed_meanwhile_and_send_the_change_back(owned: Company) -> None:
    company = owned
    change_id = approved_visit(company, days=3)
    company.pass_time(days=1)
    do(company, policy_settings.change, "admin", key="visit.days", value=30)
    company.pass_time(days=2)
    with company.platform.database.read() as connection:
        change = process_changes.get(connection, company.actor("liuyang"), change_id)
        run = suite.latest(connection, change_id)
    assert (change.status, in_force(company, VISIT).row.version) == ("editing", 1)
    assert run is not None
    assert (run.started_at, run.all_as_named) == (company.clock.now(), False)
    late = next(one for one in run.results if not one.as_named)
    assert late.zh in change.failure_zh and late.en in change.failure_en
    assert ("liuyang", f"流程变更未能生效：{VISIT}") in company.subjects


def test_walks_are_run_again_and_still_hold(owned: Company) -> None:
    company = owned
    change_id = approved_visit(company, days=3)
    company.hire("zhangsan", "张三", "operations")
    company.pass_time(days=3)
    assert (status(company, change_id), in_force(company, VISIT).row.version) == ("published", 2)
    assert len(company.rows(walk_run)) == 2


def test_walks_are_not_run_again_where_nothing_has_changed(owned: Company) -> None:
    company = owned
    change_id = approved_visit(company, days=3)
    company.pass_time(days=3)
    assert status(company, change_id) == "published"
    assert len(company.rows(walk_run)) == 1


def test_walks_that_another_node_is_doing_are_waited_for(owned: Company) -> None:
    company = owned
    change_id = approved_visit(company, days=3)
    company.hire("zhangsan", "张三", "operations")
    company.pass_time(days=3, seconds=-20)
    with company.platform.database.write() as connection:
        begun = suite.note_run(
            connection, change_id, started_by_id=company.actor("liuyang").user_id, now=company.clock.now()
        )
    company.pass_time(seconds=20)
    assert status(company, change_id) == "approved"
    suite.run(company.platform, begun)
    company.deliver()
    assert status(company, change_id) == "published"
    assert len(company.rows(walk_run)) == 2


def test_walks_that_another_node_broke_off_are_done_here(owned: Company) -> None:
    company = owned
    change_id = approved_visit(company, days=3)
    company.hire("zhangsan", "张三", "operations")
    company.pass_time(days=2)
    with company.platform.database.write() as connection:
        suite.note_run(connection, change_id, started_by_id=company.actor("liuyang").user_id, now=company.clock.now())
    company.pass_time(days=1)
    assert status(company, change_id) == "published"
    assert len(company.rows(walk_run)) == 3


def test_what_is_due_does_not_wait_for_walks(owned: Company) -> None:
    company = owned
    company.deliver()
    change_id = approved_visit(company, days=3)
    company.hire("zhangsan", "张三", "operations")
    begun, may_go_on, mails = threading.Event(), threading.Event(), SimpleQueue[Mapping[str, Any]]()

    class Held:
        """The proof, whose walks the story holds up."""

        check = staticmethod(proving.check)

        def renew(self, platform: Platform, change_id: int) -> bool:
            begun.set()
            assert may_go_on.wait(60)
            return proving.renew(platform, change_id)

    def wait_for(subject: str) -> None:
        while mails.get(timeout=60)["subject"] != subject:
            pass

    company.clock.move(timedelta(days=3))
    worker = Worker(company.platform, channels={"mail": mails.put}, proof=Held())
    worker.start()
    try:
        assert begun.wait(60)
        submit(company, "liuyang", renamed(company))
        wait_for(f"请评审流程变更：{KEY}")
        assert status(company, change_id) == "approved"
        may_go_on.set()
        wait_for(f"流程变更已生效：{VISIT}")
    finally:
        may_go_on.set()
        worker.stop()
    assert (status(company, change_id), in_force(company, VISIT).row.version) == ("published", 2)


def publish_by_hand(company: Company) -> None:
    """An administrator publishes a file in between."""
    xml = in_force(company).xml.replace("收到客户意见".encode(), "客户有意见".encode())
    with company.platform.database.write() as connection:
        process_library.publish_upload(
            connection,
            company.platform.runtime,
            process_library.read_upload([(BPMN, xml)]),
            actor=company.actor("admin"),
            reason="更正",
            now=company.clock.now(),
        )


def test_a_form_used_by_somebody_elses_process_is_not_changed_behind_their_back(owned: Company) -> None:
    company = owned
    change_id = int(do(company, process_changes.open_change, "liuyang", key=KEY))
    with company.platform.database.read() as connection:
        shared = {one.key for one in in_force(company, "complaint").forms}
        form = process_library.version_of(connection, "complaint").forms[0]
    assert shared
    save(company, "liuyang", change_id, form.source.decode() + "\n", 0, f"{form.key}.json")
    with pytest.raises(EngineError) as refused:
        submit(company, "liuyang", change_id)
    assert refused.value.code == "change_reaches_others"
    assert "complaint" in refused.value.message("zh")


def test_calendars_and_roles_of_a_past_day_are_kept(owned: Company) -> None:
    company = owned
    before = company.clock.now()
    company.pass_time(days=1)
    new = {"login": "newcomer", "name": "新人", "password": "a long password 1", "email": "", "language": "zh"}
    do(company, users.create, "admin", **new, is_administrator=False)
    with company.platform.database.read() as connection:
        then = configuration.as_of(connection, "roles", before)
        now = configuration.as_of(connection, "roles", company.clock.now())
        assert configuration.as_of(connection, "calendars", before) is not None
        assert configuration.as_of(connection, "roles", before - timedelta(days=400)) is None
    assert then is not None and b"newcomer" not in then
    assert now is not None and b"newcomer" in now


def test_what_was_in_force_on_a_past_day_comes_back_byte_for_byte(owned: Company) -> None:
    company = owned
    first_day = company.clock.now()
    first_xml = in_force(company).xml
    change_id = renamed(company)
    company.pass_time(days=5)
    submit(company, "liuyang", change_id)
    do(company, process_changes.approve, "xumei", change_id=change_id, note="")
    company.deliver()
    with company.platform.database.read() as connection:
        before = process_library.packed_at(connection, KEY, first_day)
        assert process_library.packed_at(connection, KEY, first_day) == before
        after = process_library.packed_at(connection, KEY, company.clock.now())
        with pytest.raises(process_library.NotInForce):
            process_library.packed_at(connection, KEY, first_day - timedelta(days=1))
    with zipfile.ZipFile(io.BytesIO(before)) as archive:
        names = set(archive.namelist())
        assert archive.read(BPMN) == first_xml
        manifest = json.loads(archive.read("manifest.json"))
    assert {"feedback_register.json", "configuration/calendars.json", "configuration/roles.json"} <= names
    assert (manifest["version"], manifest["files"][BPMN]) == (1, hashlib.sha256(first_xml).hexdigest())
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        assert "评估客户意见" in archive.read(BPMN).decode()


def feedback() -> dict[str, Any]:
    """What a customer said, as the first walk registers it."""
    walks = json.loads((ROOT / "processes" / "service_desk" / f"{KEY}.paths.json").read_text(encoding="utf-8"))
    return dict(walks["paths"][0]["start"]["with"])
