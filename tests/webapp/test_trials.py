"""An owner tries a change, keeps what was tried as a walk, and sees where a later edit makes it differ."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable

import pytest

from engine import process_changes
from engine.store.tables import attachment, process_instance, trial, walk_run
from engine.trials import suite, walk_file
from engine.trials import trial as trials
from tests.support.company import Company
from tests.support.visitor import Visitor
from webapp.app import create_app

KEY = "customer_feedback"
SAID = {
    "customer": "清河水务集团",
    "received_through": "phone",
    "kind": "suggestion",
    "subject": "巡检报告",
    "content": "希望按站点汇总",
}
SignIn = Callable[[str], Visitor]


@pytest.fixture
def change_id(company: Company) -> int:
    with company.platform.database.write() as connection:
        return process_changes.open_change(connection, actor=company.actor("admin"), key=KEY, now=company.clock.now())


def edit(company: Company, change_id: int, old: str, new: str) -> None:
    with company.platform.database.write() as connection:
        known = process_changes.file(connection, change_id, f"{KEY}.bpmn")
        process_changes.save_file(
            connection,
            actor=company.actor("admin"),
            change_id=change_id,
            name=known.name,
            content=known.content.decode().replace(old, new).encode(),
            revision=known.revision,
            now=company.clock.now(),
        )


def begun(owner: Visitor, change_id: int, by: str = "liuyang") -> str:
    """A trial that has begun; the address of its page."""
    owner.visit(f"/process-changes/{change_id}/trials")
    owner.visit(f"/process-changes/{change_id}/trials/begin?by={by}&at=2026-03-02T09:00")
    owner.submit(f"/process-changes/{change_id}/trials/begin?by={by}&at=2026-03-02T09:00", **SAID)
    found = re.fullmatch(r"/trials/\d+", owner.path)
    assert found, owner.text
    return owner.path


def do(owner: Visitor, page: str, element: str, by: str, **answers: str) -> None:
    address = f"{page}/tasks/{element}?by={by}"
    owner.visit(address)
    owner.submit(f"{address}&nth=0", **answers)


def test_a_trial_goes_from_the_start_form_to_its_end_and_becomes_a_walk(
    company: Company, sign_in: SignIn, change_id: int
) -> None:
    owner = sign_in("admin")
    page = begun(owner, change_id)
    assert "评估意见" in owner.text
    do(owner, page, "evaluate", "operations", decision="decline", reason="涉及其他单位数据")
    assert owner.path == page
    do(owner, page, "answer", "liuyang", answered_through="mail", accepted="unknown")
    assert "案件已走到终点" in owner.text
    owner.submit(f"{page}/keep", zh="不采纳", en="Declined once more")
    assert owner.path == f"/process-changes/{change_id}/walks"

    with company.platform.database.read() as connection:
        kept = walk_file.walks_of(connection, change_id)[-1]
    assert (kept.zh, kept.outcome.status, kept.start["by"]) == ("不采纳", "completed", "liuyang")
    assert [step["do"] for step in kept.steps] == ["evaluate", "answer"]
    assert "answered" in kept.outcome.passed and "improve" not in kept.outcome.passed
    assert company.rows(process_instance) == []


def test_refused_answers_stay_in_the_form_with_their_messages(
    company: Company, sign_in: SignIn, change_id: int
) -> None:
    owner = sign_in("admin")
    page = begun(owner, change_id)
    do(owner, page, "evaluate", "operations", decision="decline", reason="")
    assert owner.status == 422
    assert owner.all("//input[@name='decision'][@value='decline'][@checked]")
    owner.visit(page)
    assert "评估意见" in owner.text
    assert company.rows(trial)[0].steps == []


def test_the_clock_moves_to_the_next_deadline_and_a_step_is_taken_back(
    company: Company, sign_in: SignIn, change_id: int
) -> None:
    owner = sign_in("admin")
    page = begun(owner, change_id)
    owner.send(f"{page}/clock", to="week")
    assert "2026-03-09 09:00" in owner.text
    assert "逾期" in owner.text
    owner.send(f"{page}/clock", to="moment", at="2026-03-01T00:00")
    assert "只能往后拨" in owner.text
    owner.send(f"{page}/undo")
    assert "2026-03-02 09:00" in owner.text
    assert company.rows(trial)[0].steps == []


def test_a_trial_is_done_again_when_a_file_has_changed(company: Company, sign_in: SignIn, change_id: int) -> None:
    owner = sign_in("admin")
    page = begun(owner, change_id)
    do(owner, page, "evaluate", "operations", decision="decline", reason="涉及其他单位数据")
    do(owner, page, "answer", "liuyang", answered_through="mail", accepted="unknown")
    edit(company, change_id, 'decision = "adopt"', 'decision != "more"')
    owner.visit(page)
    assert "无法重做" in owner.text
    owner.submit(f"{page}/undo")
    assert "落实改进" in owner.text
    assert len(company.rows(trial)[0].steps) == 1


def test_another_process_of_the_server_goes_on_with_the_trial(
    company: Company, sign_in: SignIn, change_id: int
) -> None:
    page = begun(sign_in("admin"), change_id)
    elsewhere = Visitor(create_app(company.platform).test_client()).sign_in("admin")
    do(elsewhere, page, "evaluate", "operations", decision="decline", reason="涉及其他单位数据")
    here = sign_in("admin")
    here.visit(page)
    assert "答复客户" in here.text


def test_only_owners_and_reviewers_see_a_trial(company: Company, sign_in: SignIn, change_id: int) -> None:
    page = begun(sign_in("admin"), change_id)
    stranger = sign_in("lihao")
    for address in (page, f"{page}/diagram", f"/process-changes/{change_id}/trials",
                    f"/process-changes/{change_id}/walks", f"{page}/tasks/evaluate?by=lihao"):  # fmt: skip
        stranger.visit(address)
        assert stranger.status == 403, address


def test_files_with_errors_are_not_tried(company: Company, sign_in: SignIn, change_id: int) -> None:
    edit(company, change_id, 'camunda:formRef="feedback_evaluate"', 'camunda:formRef="nowhere"')
    owner = sign_in("admin")
    owner.visit(f"/process-changes/{change_id}/trials")
    assert owner.status == 200
    assert "nowhere" in owner.text


def test_the_walks_of_an_uploaded_diagram_are_offered_to_follow_its_ids(
    company: Company, sign_in: SignIn, change_id: int
) -> None:
    for quoted in ('"{}"', ">{}<"):
        edit(company, change_id, quoted.format("answer"), quoted.format("reply"))
    owner = sign_in("admin")
    owner.visit(f"/process-changes/{change_id}/walks")
    assert "答复客户: answer → reply" in owner.text
    owner.submit(f"/process-changes/{change_id}/walks/follow")
    for thread in [one for one in threading.enumerate() if one.name.startswith("yunzhi-walks")]:
        thread.join()
    assert "让走查跟随新标识" not in owner.visit(f"/process-changes/{change_id}/walks").text
    with company.platform.database.read() as connection:
        run = suite.latest(connection, change_id)
    assert run is not None and run.holds


def test_the_walks_page_shows_a_finished_run_and_accepts_an_outcome(
    company: Company, sign_in: SignIn, change_id: int
) -> None:
    owner = sign_in("admin")
    edit(company, change_id, '"answered"', '"told"')
    edit(company, change_id, ">answered<", ">told<")
    with company.platform.database.write() as connection:
        run_id = suite.begin(connection, actor=company.actor("admin"), change_id=change_id, now=company.clock.now())
    suite.run(company.platform, run_id)
    owner.visit(f"/process-changes/{change_id}/walks")
    assert "结果不同" in owner.text
    marks = owner.page.xpath("//@data-marks")[0]
    assert '"told"' in marks and '"answered"' in marks
    owner.submit(f"/process-changes/{change_id}/walks/0/accept")
    assert owner.status == 200
    with company.platform.database.read() as connection:
        assert "told" in walk_file.walks_of(connection, change_id)[0].outcome.passed
    for thread in [one for one in threading.enumerate() if one.name.startswith("yunzhi-walks")]:
        thread.join(timeout=60)
    assert [one.status for one in company.rows(walk_run)] == ["finished", "finished"]
    owner.visit(f"/process-changes/{change_id}/walks")
    assert owner.text.count("与所写一致") == 1
    assert owner.text.count("结果不同") == 2


def test_a_finished_case_is_kept_as_a_walk_from_its_page(company: Company, sign_in: SignIn) -> None:
    instance_id = company.start("liuyang", KEY, **SAID)
    company.submit("lihao", "evaluate", decision="decline", reason="涉及其他单位数据")
    page = f"/process-instances/{instance_id}"
    owner = sign_in("admin").visit(page)
    assert not [one for one in owner.page.xpath("//form/@action") if one.endswith("/walk")]
    company.submit("liuyang", "answer", answered_through="mail", accepted="unknown")
    assert not [one for one in sign_in("lihao").visit(page).page.xpath("//form/@action") if one.endswith("/walk")]
    owner.visit(page).submit(f"{page}/walk")
    assert owner.path.endswith("/walks")
    assert "真实案件 2026-03（脱敏） 1" in owner.text


def test_an_owner_who_administers_nothing_tries_and_a_reviewer_looks_on(
    company: Company, sign_in: SignIn, change_id: int
) -> None:
    with company.platform.database.write() as connection:
        process_changes.set_owner(
            connection,
            actor=company.actor("admin"),
            key=KEY,
            owner_group="service_desk",
            reviewer_group="quality",
            now=company.clock.now(),
        )
    owner, reviewer = sign_in("liuyang"), sign_in("hexin")
    page = begun(owner, change_id, by="service_desk")
    do(owner, page, "evaluate", "operations", decision="decline", reason="涉及其他单位数据")
    reviewer.visit(page)
    assert "答复客户" in reviewer.text
    assert not reviewer.page.xpath("//form[contains(@action, '/keep')]")
    reviewer.send(f"{page}/keep", zh="评审人", en="Reviewer")
    assert reviewer.status == 422
    owner.visit(page).submit(f"{page}/keep", zh="责任人", en="Owner")
    assert owner.path.endswith("/walks")
    with company.platform.database.read() as connection:
        assert [walk.en for walk in walk_file.walks_of(connection, change_id)][3:] == ["Owner"]


def test_a_file_is_kept_by_its_name_only(company: Company, sign_in: SignIn) -> None:
    with company.platform.database.write() as connection:
        actor, now = company.actor("admin"), company.clock.now()
        change_id = process_changes.open_change(connection, actor=actor, key="document_control", now=now)
    owner = sign_in("admin")
    address = f"/process-changes/{change_id}/trials/begin?by=lihao&at=2026-03-02T09:00"
    said = {
        "title": "备件管理办法",
        "document_number": "QP-07",
        "category": "procedure",
        "department": "operations",
        "retention_years": "3",
        "change_reason": "增加扫码登记",
    }
    owner.visit(address).submit(address, **said, **{"files._file": (io.BytesIO(b"secret content"), "办法.txt")})
    assert re.fullmatch(r"/trials/\d+", owner.path), owner.text
    assert company.rows(trial)[0].start["with"]["files"] == ["file:办法.txt"]
    assert company.rows(attachment) == []
    again = Visitor(create_app(company.platform).test_client()).sign_in("admin").visit(owner.path)
    assert "审核文件" in again.text, "the stand-in is uploaded anew where the trial is done again"


def test_a_trial_with_the_customers_of_the_house_is_walked_with_them_too(company: Company, sign_in: SignIn) -> None:
    company.enter_master_data()
    with company.platform.database.write() as connection:
        actor, now = company.actor("admin"), company.clock.now()
        change_id = process_changes.open_change(connection, actor=actor, key="project_visit", now=now)
    owner = sign_in("admin")
    address = f"/process-changes/{change_id}/trials/begin?by=liuyang&at=2026-03-02T09:00"
    owner.visit(address).submit(address, project="P001", occasion="一期验收")
    page = owner.path
    assert re.fullmatch(r"/trials/\d+", page), owner.text
    owner.submit(f"{page}/keep", zh="自有数据", en="Own data")
    with company.platform.database.write() as connection:
        assert walk_file.walks_of(connection, change_id)[-1].start["master_data"] == "own"
        run_id = suite.begin(connection, actor=company.actor("admin"), change_id=change_id, now=company.clock.now())
    suite.run(company.platform, run_id)
    with company.platform.database.read() as connection:
        run = suite.latest(connection, change_id)
    assert run is not None and run.results[-1].as_named, run and run.results[-1]


def test_two_people_do_not_overwrite_each_others_steps(company: Company, sign_in: SignIn, change_id: int) -> None:
    begun(sign_in("admin"), change_id)
    actor = company.actor("admin")
    with company.platform.database.write() as connection:
        row = trials.get(connection, actor, 1)
        trials.note_step(connection, actor=actor, row=row, step={"wait": "PT1H"})
        with pytest.raises(trials.TrialMovedOn):
            trials.note_step(connection, actor=actor, row=row, step={"wait": "PT2H"})
    assert company.rows(trial)[0].steps == [{"wait": "PT1H"}]
