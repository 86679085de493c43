"""A process is tried in a copy of the house: nothing of it reaches the house, and its walks prove a change."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import func, select

from engine import process_changes
from engine.deployments import Sources
from engine.store.tables import contact, metadata, project, user
from engine.trials import suite, walk_file
from engine.trials.acting import NotWaiting
from engine.trials.ground import Ground
from engine.trials.sandbox import Sandbox, TimeRunsForward, TooMuchHappens
from engine.trials.walk import DEFAULT_BEGINNING, WalksInvalid, follow, read_walks, write_walks
from engine.trials.walk_run import WalkRun
from tests.support.company import Company
from tests.support.diagrams import Diagram, timer

KEY = "customer_feedback"
SAID = {
    "customer": "清河水务集团",
    "received_through": "phone",
    "kind": "suggestion",
    "subject": "巡检报告",
    "content": "希望按站点汇总",
}


def changed(company: Company, key: str = KEY) -> int:
    with company.platform.database.write() as connection:
        return process_changes.open_change(connection, actor=company.actor("admin"), key=key, now=company.clock.now())


def edit(company: Company, change_id: int, name: str, old: str, new: str) -> None:
    with company.platform.database.write() as connection:
        known = process_changes.file(connection, change_id, name)
        assert old in known.content.decode()
        process_changes.save_file(
            connection,
            actor=company.actor("admin"),
            change_id=change_id,
            name=name,
            content=known.content.decode().replace(old, new).encode(),
            revision=known.revision,
            now=company.clock.now(),
        )


def walked(company: Company, change_id: int) -> WalkRun:
    with company.platform.database.write() as connection:
        run_id = suite.begin(connection, actor=company.actor("admin"), change_id=change_id, now=company.clock.now())
    suite.run(company.platform, run_id)
    return latest(company, change_id)


def latest(company: Company, change_id: int) -> WalkRun:
    with company.platform.database.read() as connection:
        found = suite.latest(connection, change_id)
    assert found is not None
    return found


def accept(company: Company, change_id: int, number: int) -> None:
    with company.platform.database.write() as connection:
        suite.accept(
            connection, actor=company.actor("admin"), change_id=change_id, number=number, now=company.clock.now()
        )


def sandbox(company: Company, key: str = KEY) -> Sandbox:
    return Ground.of(company.platform, key=key, now=company.clock.now()).sandbox(DEFAULT_BEGINNING)


def contents(company: Company) -> dict[str, int]:
    with company.platform.database.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def test_what_happens_in_a_sandbox_leaves_the_house_as_it_was(company: Company) -> None:
    before = contents(company)
    tried = sandbox(company)
    someone = tried.actor("liuyang")
    assert someone is not None
    instance_id = tried.start(someone, KEY, SAID)
    tried.pass_time(timedelta(days=30))
    assert tried.instance(instance_id).status == "active"
    assert [item.element_id for item in tried.open_items()] == ["evaluate"]
    assert contents(company) == before
    assert company.mails == []


def test_nobody_can_sign_in_to_a_sandbox(company: Company) -> None:
    tried = sandbox(company)
    with tried.platform.database.read() as connection:
        hashes = set(connection.execute(select(user.c.password_hash)).scalars())
    assert hashes == {"!"}
    assert tried.platform.settings.secret_key == ""
    assert tried.platform.channels == {}


def test_two_sandboxes_of_one_ground_know_nothing_of_each_other(company: Company) -> None:
    ground = Ground.of(company.platform, key=KEY, now=company.clock.now())
    one, other = ground.sandbox(DEFAULT_BEGINNING), ground.sandbox(DEFAULT_BEGINNING)
    someone = one.actor("liuyang")
    assert someone is not None
    one.start(someone, KEY, SAID)
    assert one.open_items() and not other.open_items()


def test_time_runs_forward_only_and_not_for_ever(company: Company) -> None:
    hourly = Diagram("hourly").start(body=timer("0 * * * *", "timeCycle")).end().flow("begin", "done").xml()
    sources = Sources({"hourly.bpmn": hourly}, {})
    ground = Ground.of(company.platform, key="hourly", now=company.clock.now(), sources=sources)
    tried = ground.sandbox(DEFAULT_BEGINNING)
    tried.pass_time(timedelta(hours=5))
    assert len(tried.instances_of("hourly")) == 5
    with pytest.raises(TimeRunsForward):
        tried.pass_time(timedelta(seconds=-1))
    with pytest.raises(TooMuchHappens):
        tried.pass_time(timedelta(days=3000))


def test_a_walk_that_cannot_go_on_says_where_and_why(company: Company) -> None:
    content = {
        "process": KEY,
        "paths": [
            {
                "zh": "缺少答案",
                "en": "An answer is missing",
                "start": {"by": "liuyang", "with": SAID},
                "steps": [{"do": "evaluate", "by": "operations", "with": {"decision": "adopt"}}],
                "outcome": {"status": "completed", "passed": []},
            },
            {
                "zh": "顺序不对",
                "en": "Out of order",
                "start": {"by": "liuyang", "with": SAID},
                "steps": [{"wait": "P1D"}, {"do": "answer", "by": "liuyang", "with": {}}],
                "outcome": {"status": "completed", "passed": []},
            },
            {
                "zh": "无权发起",
                "en": "Refused at the start",
                "start": {"by": "liuyang", "with": {}},
                "steps": [],
                "outcome": {"status": "completed", "passed": []},
            },
        ],
    }
    missing, out_of_order, refused = (follow(sandbox(company), KEY, walk) for walk in read_walks(orjson.dumps(content)))
    assert missing.stop is not None and missing.stop.step == 0
    assert "measure" in missing.stop.fields
    assert missing.status == "active"
    assert out_of_order.stop is not None
    assert (out_of_order.stop.step, out_of_order.stop.code) == (1, NotWaiting.code)
    assert refused.stop is not None and refused.stop.step == -1 and refused.stop.fields


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        (b"[", "JSON"),
        (b"[]", "paths"),
        (b'{"paths": [1]}', "paths[0]"),
        (b'{"paths": [{"zh": "", "en": ""}]}', "paths[0].start"),
        (b'{"paths": [{"zh": "", "en": "", "at": "2026-03-02", "start": {}, "steps": [], "outcome": '
         b'{"status": "completed", "passed": []}}]}', "paths[0].at"),
        (b'{"paths": [{"zh": "", "en": "", "start": {"nth": "1"}, "steps": [], "outcome": {}}]}', "paths[0].start.nth"),
        (b'{"paths": [{"zh": "", "en": "", "start": {}, "steps": [{"do": "a", "wait": "PT1H"}], "outcome": {}}]}',
         "paths[0].steps[0]"),
    ],
)  # fmt: skip
def test_a_broken_paths_file_is_refused_with_the_place(broken: bytes, where: str) -> None:
    with pytest.raises(WalksInvalid) as refused:
        read_walks(broken)
    assert refused.value.details["where"] == where


def test_a_walk_may_not_wait_for_longer_than_anybody_lives(company: Company) -> None:
    walk = read_walks(
        b'{"paths": [{"zh": "", "en": "", "start": {"after": "P99999D"}, "steps": [], '
        b'"outcome": {"status": "completed", "passed": []}}]}'
    )[0]
    result = follow(sandbox(company), KEY, walk)
    assert result.stop is not None and result.stop.code == "walks_invalid"


def test_walks_are_written_as_they_were_read(company: Company) -> None:
    change_id = changed(company, "work_summary")
    with company.platform.database.read() as connection:
        content = process_changes.file(connection, change_id, "work_summary.paths.json").content
    walks = read_walks(content)
    assert read_walks(write_walks("work_summary", walks)) == walks


def test_an_unchanged_change_walks_as_named_and_as_before(company: Company) -> None:
    change_id = changed(company)
    run = walked(company, change_id)
    assert (run.status, run.total, len(run.results)) == ("finished", 3, 3)
    assert run.holds
    assert not any(one.differs_from_before for one in run.results)


def test_a_change_shows_where_its_walks_differ_and_the_owner_accepts_it(company: Company) -> None:
    change_id = changed(company)
    # Those who are declined are now asked for more as well.
    edit(company, change_id, f"{KEY}.bpmn", 'decision = "adopt"', 'decision != "more"')
    run = walked(company, change_id)
    adopted, declined, _ = run.results
    assert adopted.as_named and not adopted.differs_from_before
    assert not declined.as_named and not run.holds
    assert declined.unexpected == ()
    assert declined.stop is not None and declined.stop["code"] == NotWaiting.code
    assert "answer" in declined.gone

    # It stopped, so there is nothing to accept; the walk is taken out instead.
    with pytest.raises(suite.WalkStopped):
        accept(company, change_id, 1)


def test_accepting_an_outcome_makes_the_walk_hold_again(company: Company) -> None:
    change_id = changed(company)
    # It ends elsewhere.
    edit(
        company,
        change_id,
        f"{KEY}.bpmn",
        '<bpmn:endEvent id="answered" name="已答复">',
        '<bpmn:endEvent id="told" name="已告知">',
    )
    edit(company, change_id, f"{KEY}.bpmn", '"answered"', '"told"')
    edit(company, change_id, f"{KEY}.bpmn", ">answered<", ">told<")
    run = walked(company, change_id)
    assert [one.missing for one in run.results] == [("answered",)] * 3
    assert [one.newly for one in run.results][1] == ("told",)
    for number in range(3):
        accept(company, change_id, number)
        assert not latest(company, change_id).is_current
        run = walked(company, change_id)
    assert run.holds
    with company.platform.database.read() as connection:
        declined = walk_file.walks_of(connection, change_id)[1].outcome
    assert declined.passed == ("told",)
    assert declined.not_passed == ("improve", "answered")


def test_walks_follow_elements_that_have_other_ids_in_an_uploaded_diagram(company: Company) -> None:
    change_id = changed(company)
    for name, other in (("answer", "reply"), ("answered", "told")):
        for quoted in ('"{}"', ">{}<"):
            edit(company, change_id, f"{KEY}.bpmn", quoted.format(name), quoted.format(other))
    run = walked(company, change_id)
    assert not any(one.as_named for one in run.results)
    with company.platform.database.write() as connection:
        names = walk_file.left_behind(connection, change_id)
        assert names == {"answer": "reply", "answered": "told"}
        said = {"actor": company.actor("admin"), "change_id": change_id, "now": company.clock.now()}
        assert walk_file.rename_elements(connection, names=names, **said) == 3
        assert walk_file.left_behind(connection, change_id) == {}
    run = walked(company, change_id)
    assert run.holds
    assert not any(one.differs_from_before for one in run.results), "the version in force does the same under other ids"


def test_accepting_an_outcome_takes_the_new_ids_along(company: Company) -> None:
    change_id = changed(company)
    for quoted in ('"{}"', ">{}<"):
        edit(company, change_id, f"{KEY}.bpmn", quoted.format("answered"), quoted.format("told"))
    assert [one.missing for one in walked(company, change_id).results] == [("answered",)] * 3
    accept(company, change_id, 1)
    with company.platform.database.read() as connection:
        declined = walk_file.walks_of(connection, change_id)[1].outcome
    assert (declined.passed, declined.not_passed) == (("told",), ("improve",))


def test_a_run_says_nothing_of_files_changed_since(company: Company) -> None:
    change_id = changed(company)
    assert walked(company, change_id).holds
    edit(company, change_id, f"{KEY}.bpmn", "评估意见", "评估建议")
    assert not latest(company, change_id).holds
    with pytest.raises(suite.WalkGone):
        accept(company, change_id, 0)


def test_files_that_may_not_be_published_are_not_walked(company: Company) -> None:
    change_id = changed(company)
    edit(company, change_id, f"{KEY}.bpmn", 'camunda:formRef="feedback_evaluate"', 'camunda:formRef="nowhere"')
    run = walked(company, change_id)
    assert run.status == "failed" and not run.holds
    assert run.failure["zh"]


def test_a_run_that_broke_off_is_told_from_one_under_way(company: Company) -> None:
    change_id = changed(company)
    with company.platform.database.write() as connection:
        now = company.clock.now()
        first = suite.begin(connection, actor=company.actor("admin"), change_id=change_id, now=now)
        assert suite.begin(connection, actor=company.actor("admin"), change_id=change_id, now=now) == first
        later = now + timedelta(minutes=5)
        found = suite.latest(connection, change_id, now=later)
        assert found is not None and found.status == "interrupted"
        assert suite.begin(connection, actor=company.actor("admin"), change_id=change_id, now=later) != first


def test_only_owners_and_reviewers_run_the_walks(company: Company) -> None:
    change_id = changed(company)
    with company.platform.database.write() as connection, pytest.raises(process_changes.NotAnOwner):
        suite.begin(connection, actor=company.actor("lihao"), change_id=change_id, now=company.clock.now())


def test_a_house_on_either_store_is_tried_in_memory(any_company: Company) -> None:
    company = any_company
    company.enter_master_data()
    change_id = changed(company)
    assert walked(company, change_id).holds
    ground = Ground.of(company.platform, key=KEY, now=company.clock.now(), with_master_data=True)
    tried = ground.sandbox(company.clock.now())
    assert tried.platform.database.is_sqlite
    with tried.platform.database.read() as connection:
        known = connection.execute(select(contact.c.name, contact.c.phone, contact.c.email)).all()
        projects = connection.execute(select(project.c.code)).scalars().all()
    assert projects
    assert known and all(name.startswith("＊＊") and not phone and not email for name, phone, email in known)
