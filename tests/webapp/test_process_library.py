"""The process library through its pages: who may do what, files byte for byte, uploads that mean harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from engine.settings import ROOT
from engine.store.tables import deployment, form_definition, process_definition
from tests.stories.test_process_change import feedback
from tests.support.company import Company
from tests.support.visitor import Visitor

SignIn = Callable[[str], Visitor]
DESK = ROOT / "processes" / "service_desk"
COMPLAINT = (DESK / "complaint.bpmn").read_bytes()
HARMLESS = ("complaint.bpmn", COMPLAINT)


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return target.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o120777 << 16
    return entry


def send(visitor: Visitor, *files: tuple[str, bytes], action: str = "publish", reason: str = "试试") -> Visitor:
    sent = [(io.BytesIO(content), name) for name, content in files]
    return visitor.visit("/processes/upload").send("/processes/upload", files=sent, action=action, reason=reason)


def content_of(visitor: Visitor, path: str) -> bytes:
    answer = visitor.visit(path).answer
    assert answer is not None
    assert answer.status_code == 200, path
    content = answer.get_data()
    answer.close()
    return content


@pytest.fixture
def administrator(company: Company, sign_in: SignIn) -> Visitor:
    return sign_in("admin")


@pytest.mark.parametrize(("login", "name"), [("liuyang", "客户投诉"), ("emily", "Complaint")])
def test_everybody_reads_the_library(company: Company, sign_in: SignIn, login: str, name: str) -> None:
    visitor = sign_in(login)
    assert name in visitor.visit("/processes").all('//td/a[@class="yz-title"]')
    for row in company.rows(process_definition):
        assert visitor.visit(f"/processes/{row.key}").status == 200, row.key
        known = set(visitor.page.xpath("//@id"))
        leads = {one[1:] for one in visitor.page.xpath('//main//a[starts-with(@href, "#")]/@href')}
        assert leads <= known, f"{row.key}: {leads - known}"
        assert visitor.visit(f"/processes/{row.key}/versions/{row.version}").status == 200
    assert visitor.visit("/processes/nothing").status == 404
    assert visitor.visit("/processes/complaint/versions/7").status == 404


def test_the_diagram_speaks_the_readers_language(company: Company, sign_in: SignIn) -> None:
    path = "/processes/complaint/versions/1/diagram"
    assert "Acknowledge to the customer" in content_of(sign_in("emily"), path).decode()
    assert "受理并告知客户" in content_of(sign_in("liuyang"), path).decode()


def test_a_table_says_what_its_answers_mean(company: Company, sign_in: SignIn) -> None:
    cells = '//table[contains(@class, "yz-decision")]//td[contains(@class, "is-output")]'
    said = sign_in("liuyang").visit("/processes/complaint").all(cells)
    assert {'"urgent"紧急投诉', '"finance"财务部', "12"} <= set(said)
    assert '"urgent"Urgent' in sign_in("emily").visit("/processes/complaint").all(cells)


def test_a_version_is_taken_away_byte_for_byte(company: Company, sign_in: SignIn) -> None:
    visitor = sign_in("liuyang")
    assert content_of(visitor, "/processes/complaint/versions/1.bpmn") == COMPLAINT
    bundle = content_of(visitor, "/processes/complaint/versions/1.zip")
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    places = {
        name: DESK / name if "/" not in name else ROOT / "forms" / "service_desk" / name.removeprefix("forms/")
        for name in found
    }
    assert found == {name: path.read_bytes() for name, path in places.items()}
    assert {"complaint.bpmn", "complaint.rules.yaml", "complaint_class.dmn", "complaint_departments.dmn"} < set(found)
    assert content_of(visitor, "/processes/complaint/versions/1.zip") == bundle


def test_only_administrators_publish(company: Company, sign_in: SignIn) -> None:
    visitor = sign_in("liuyang")
    assert "/processes/upload" not in visitor.visit("/processes").page.xpath("//main//a/@href")
    assert visitor.visit("/processes/upload").status == 403
    visitor.visit("/mine")
    token = visitor.page.xpath('//input[@name="csrf_token"]/@value')[0]
    for action in ("check", "publish"):
        data = {"csrf_token": token, "files": (io.BytesIO(COMPLAINT), "complaint.bpmn"), "action": action}
        answer = visitor.client.post("/processes/upload", data=data, content_type="multipart/form-data")
        assert answer.status_code == 403
    assert len(company.rows(deployment)) == 1


def test_a_bundle_comes_back_and_changes_only_what_was_changed(company: Company, administrator: Visitor) -> None:
    bundle = content_of(administrator, "/processes/complaint/versions/1.zip")
    send(administrator, ("complaint-v1.zip", bundle))
    assert "均已现行" in administrator.text
    assert len(company.rows(deployment)) == 1
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        files = [(name, archive.read(name)) for name in archive.namelist()]
    changed = [(name, text.replace("接到投诉".encode(), "接到客户投诉".encode())) for name, text in files]
    send(administrator, ("again.zip", zipped(*changed)), reason="名称更准确")
    assert administrator.path == "/processes/complaint"
    latest = [row for row in company.rows(process_definition) if row.key == "complaint" and row.is_latest]
    assert [(row.version, row.area) for row in latest] == [(2, "service_desk")]
    administrator.visit("/processes/complaint/versions/2")
    said = administrator.all('//ul[@class="yz-changes"]/li')
    assert said == ["已修改 开始 接到客户投诉中文名称接到投诉 → 接到客户投诉"]
    assert "名称更准确" in administrator.text
    assert "林志远" in administrator.text
    assert content_of(administrator, "/processes/complaint/versions/1.bpmn") == COMPLAINT


def test_every_problem_is_listed_and_nothing_published(company: Company, administrator: Visitor) -> None:
    broken = COMPLAINT.replace(b'"complaint.register"', b'"no.such.topic"').replace(b"complaint_answer", b"no_form")
    before = len(company.rows(form_definition))
    good = (ROOT / "forms" / "service_desk" / "callback_call.json").read_bytes().replace("回访".encode(), b"X")
    for action in ("check", "publish"):
        send(administrator, ("complaint.bpmn", broken), ("callback_call.json", good), action=action)
        found = administrator.all('//ul[@class="yz-problems"]/li')
        assert any("no.such.topic" in one and "complaint.bpmn · register" in one for one in found)
        assert any("no_form" in one and "complaint.bpmn · answer" in one for one in found)
    assert administrator.status == 422
    assert len(company.rows(deployment)) == 1
    assert len(company.rows(form_definition)) == before


def test_a_publication_says_why(company: Company, administrator: Visitor) -> None:
    changed = COMPLAINT.replace("接到投诉".encode(), "接到客户投诉".encode())
    for reason in ("", "   ", "长" * 501):
        assert send(administrator, ("complaint.bpmn", changed), reason=reason).status == 422
        assert "请填写发布原因" in administrator.text
    assert len(company.rows(deployment)) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bomb.zip", zipped(("a.bpmn", b"0" * (6 * 1024 * 1024))), "5 MB"),
        ("many.zip", zipped(*((f"{n}.json", b"{}") for n in range(201))), "200"),
        ("up.zip", zipped(("../../a.bpmn", COMPLAINT)), "../../a.bpmn"),
        ("root.zip", zipped(("/etc/a.bpmn", COMPLAINT)), "/etc/a.bpmn"),
        ("drive.zip", zipped(("C:a.bpmn", COMPLAINT)), "C:a.bpmn"),
        ("link.zip", zipped((link("a.bpmn"), b"/etc/passwd")), "a.bpmn"),
        ("nested.zip", zipped(("inner.zip", zipped(HARMLESS))), "inner.zip"),
        ("program.zip", zipped(("a.py", b"print()")), "a.py"),
        ("twice.zip", zipped(("x/complaint.bpmn", COMPLAINT), ("y/complaint.bpmn", COMPLAINT)), "complaint.bpmn"),
        ("cut.zip", zipped(HARMLESS)[:-30], "cut.zip"),
        ("none.zip", b"this is no zip", "none.zip"),
        ("empty.zip", zipped(), "没有收到"),
        ("program.exe", b"MZ", "program.exe"),
        ("entities.bpmn", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "DOCTYPE"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value and " " not in value else "",
)
def test_what_means_harm_is_refused_with_a_reason(
    company: Company, administrator: Visitor, name: str, content: bytes, said: str
) -> None:
    for action in ("check", "publish"):
        send(administrator, (name, content), action=action)
        assert administrator.status in (200, 422)
        assert said in administrator.text
        assert "以下文件可以发布" not in administrator.text
    assert len(company.rows(deployment)) == 1


def test_computed_sentences_and_terms_are_told_in_words(company: Company, sign_in: SignIn) -> None:
    visitor = sign_in("emily").visit("/processes/audit_programme")
    assert "every year on 01-10 at 09:00" in visitor.text
    said = visitor.all('//*[@id="step-draft_programme"]//dd')
    assert "Over the year every department is audited in all four areas; missing: …" in said
    assert "10 working days after it comes up" in said
    visitor.visit("/processes/incident_callback")
    assert "24 h after resolved_at – the step goes on" in visitor.text


def test_the_case_page_reads_the_forms_of_a_version_once(company: Company, sign_in: SignIn) -> None:
    company.start("liuyang", "customer_feedback", **feedback())
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    owner = sign_in("admin")
    page = f"/process-instances/{company.instances[0].id}"
    assert "评估意见" in owner.visit(page).text
    event.listen(company.platform.database.engine, "before_cursor_execute", note)
    assert "评估客户意见" in owner.visit(page).text
    event.remove(company.platform.database.engine, "before_cursor_execute", note)
    assert asked
    assert not [one for one in asked if "form_definition.source" in one or "decision_definition.source" in one]
