"""Forms without a browser: what the server draws and what it reads back, as somebody without JavaScript meets it."""

from __future__ import annotations

import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.datastructures import FileStorage, MultiDict

from engine.errors import Language
from engine.forms import FormContext, parse_form
from tests.browser.forms.site import NOW, SHANGHAI, Desk, MemoryFiles, create_site, schema
from webapp.forms import FormView, apply_row_action, attach_files, option_token, read_post
from webapp.forms.markdown import escape_markdown, render_markdown
from webapp.forms.presentation import html_text

CONTEXT = FormContext("zh", NOW, SHANGHAI)
EVERYTHING = parse_form(schema("everything"))


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.initial = {"reporter": "李雷", "tag_options": ["急", "复发"]}
    desk.variables = {"customer": "甲公司"}
    return desk


@pytest.fixture
def site(desk: Desk) -> Flask:
    return create_site(desk)


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


def page(client: FlaskClient, **post: Any) -> Any:
    address = "/forms/everything"
    answer = client.post(address, data=post) if post else client.get(address)
    return html.fromstring(answer.get_data(as_text=True))


class TestDrawing:
    def test_every_control_has_a_label_and_a_unique_id(self, client: FlaskClient) -> None:
        tree = page(client)
        controls = tree.xpath('//input[not(@type="hidden")]|//select|//textarea')
        assert len(controls) > 20
        ids = [one.get("id") for one in tree.xpath("//*[@id]")]
        assert len(ids) == len(set(ids))
        for control in controls:
            assert tree.xpath(f'//label[@for="{control.get("id")}"]') or control.xpath("ancestor::label"), control.get(
                "id"
            )

    def test_conditions_and_values_of_the_process_are_applied(self, client: FlaskClient) -> None:
        tree = page(client)
        assert not tree.xpath('//*[@name="perf_note"]')
        assert "客户：甲公司" in tree.text_content()
        assert tree.xpath('//input[@name="reporter"]')[0].get("value") == "李雷"
        assert page(client, _do="refresh", kind="perf").xpath('//textarea[@name="perf_note"]')

    def test_only_fields_that_matter_to_others_are_live(self, client: FlaskClient) -> None:
        tree = page(client)
        live = {control.get("name") for control in tree.xpath("//*[@data-live]")}
        assert live == {"kind", "qty", "price", "items.0.n"}

    def test_no_attribute_or_script_runs_code(self, client: FlaskClient) -> None:
        tree = page(client)
        assert not tree.xpath("//form//script")
        assert not [name for one in tree.iter() for name in one.attrib if name.startswith("on")]

    def test_typed_values_cannot_break_out_of_the_page(self, client: FlaskClient) -> None:
        evil = '"><script>alert(1)</script>'
        tree = page(client, _do="submit", title=evil, perf_note=evil, kind=evil, found_on=evil)
        assert not tree.xpath("//form//script")
        assert tree.xpath('//input[@name="title"]')[0].get("value") == evil

    def test_english_speaks_english_everywhere(self, client: FlaskClient) -> None:
        tree = html.fromstring(client.post("/forms/everything?lang=en", data={"_do": "submit"}).get_data(as_text=True))
        text = tree.xpath("//form")[0].text_content().replace("甲公司", "").replace("急", "").replace("复发", "")
        chinese = [letter for letter in text if "\u4e00" <= letter <= "\u9fff"]
        assert chinese == []
        assert "Nonconformity report" in tree.text_content()


class TestRefusal:
    def test_every_field_says_what_is_wrong_and_keeps_what_was_typed(self, client: FlaskClient) -> None:
        sent = {
            "_do": "submit",
            "title": "划伤",
            "qty": "abc",
            "items.0._row": "",
            "items.0.part": "",
            "items.0.n": "x",
        }
        answer = client.post("/forms/everything", data=sent)
        assert answer.status_code == 422
        tree = html.fromstring(answer.get_data(as_text=True))
        for name, said in (("title", "至少需要 4 个字"), ("qty", "请输入数字"), ("items.0.n", "请输入数字")):
            [control] = tree.xpath(f'//input[@name="{name}"]')
            assert control.get("value") == sent[name]
            assert control.get("aria-invalid") == "true"
            [note] = [tree.get_element_by_id(one) for one in control.get("aria-describedby").split() if "error" in one]
            assert note.text_content().strip() == said
        links = tree.xpath('//*[@role="alert"]//a')
        assert all(tree.get_element_by_id(link.get("href")[1:]) is not None for link in links)
        assert any(link.text_content() == "明细 1 · 料号" for link in links)

    def test_an_error_at_a_field_that_is_not_drawn_is_still_said(self) -> None:
        view = FormView(EVERYTHING, {}, context=CONTEXT, errors={"perf_note": ["此项必填"], "title": ["此项必填"]})
        assert [(problem.id, problem.message) for problem in view.problems] == [
            ("form-title", "此项必填"),
            ("", "此项必填"),
        ]


class TestReadingBack:
    def test_posted_text_becomes_typed_data(self) -> None:
        post = MultiDict(
            [
                ("title", "划伤\r\n不良"),
                ("kind", ""),
                ("severity", option_token(2)),
                ("sources", "iqc"),
                ("sources", "cust"),
                ("due_at", "2026-11-25T10:00"),
                ("shift_time", "08:30"),
                ("confirm", "on"),
                ("supplier.name", "甲"),
                ("items.3.part", "P3"),
                ("items.3._row", "3"),
                ("items.1.part", "P1"),
                ("items.1._row", ""),
                ("photos", "file-1"),
                ("photos", ""),
                ("hack", "1"),
                ("items.x.part", "no"),
                ("a." * 100, "deep"),
            ]
        )
        data = read_post(EVERYTHING, post, SHANGHAI)
        assert data["title"] == "划伤\n不良"
        assert (data["kind"], data["severity"], data["sources"]) == (None, 2, ["iqc", "cust"])
        assert (data["due_at"], data["shift_time"]) == ("2026-11-25T10:00+08:00", "08:30")
        assert (data["confirm"], data["supplier"]["name"], data["photos"]) == (True, "甲", ["file-1"])
        assert [(row["part"], row["_row"]) for row in data["items"]] == [("P1", -1), ("P3", 3)]
        assert "hack" not in data

    def test_local_time_is_that_of_the_person(self) -> None:
        data = read_post(EVERYTHING, MultiDict({"due_at": "2026-07-01T10:00"}), ZoneInfo("Europe/Berlin"))
        assert data["due_at"] == "2026-07-01T10:00+02:00"
        assert read_post(EVERYTHING, MultiDict({"due_at": "soon"}), SHANGHAI)["due_at"] == "soon"

    @pytest.mark.parametrize("value", [1, 1.5, True, "1", "json:1", {"a": [1]}, "甲"])
    def test_option_values_survive_the_round_trip(self, value: Any) -> None:
        source = {"type": "select", "key": "a", "label": "甲", "valuesKey": "x"}
        form = parse_form({"id": "f", "components": [source]})
        assert read_post(form, MultiDict({"a": option_token(value)}), SHANGHAI) == {"a": value}

    def test_a_plain_client_may_post_the_number_itself(self) -> None:
        assert read_post(EVERYTHING, MultiDict({"severity": "4"}), SHANGHAI)["severity"] == 4
        assert read_post(EVERYTHING, MultiDict({"severity": "json:{"}), SHANGHAI)["severity"] == "json:{"


class TestRowsAndFiles:
    def test_rows_are_added_with_defaults_and_removed_by_position(self) -> None:
        data = {"items": [{"part": "A"}, {"part": "B"}]}
        more = apply_row_action(EVERYTHING, data, "add:items", CONTEXT)
        assert [row.get("part") for row in more["items"]] == ["A", "B", ""]
        assert [row["part"] for row in apply_row_action(EVERYTHING, data, "del:items:0", CONTEXT)["items"]] == ["B"]
        assert len(data["items"]) == 2

    @pytest.mark.parametrize(
        "action",
        [
            "",
            "add:",
            "add:title",
            "del:items:9",
            "del:items:x",
            "del:items",
            "drop:items:1",
            "x:items:0",
            "add:items.9.y",
        ],
    )
    def test_an_action_that_fits_nothing_changes_nothing(self, action: str) -> None:
        data = {"title": "x", "items": [{"part": "A"}]}
        assert apply_row_action(EVERYTHING, data, action, CONTEXT) == data

    def test_rows_inside_rows_can_be_reached(self) -> None:
        nested = parse_form(schema("corners"))
        data = {"orders": [{"no": "A", "lines": [{"amount": 1}]}, {"no": "B", "lines": []}]}
        more = apply_row_action(nested, data, "add:orders.1.lines", CONTEXT)
        assert [len(order["lines"]) for order in more["orders"]] == [1, 1]

    def test_files_posted_with_the_form_are_kept_and_can_be_dropped(self) -> None:
        store = MemoryFiles()
        files = MultiDict(
            [
                ("photos._file", FileStorage(io.BytesIO(b"1234"), "现场.jpg", content_type="image/jpeg")),
                ("photos._file", FileStorage(io.BytesIO(b""), "")),
                ("title._file", FileStorage(io.BytesIO(b"x"), "x.jpg")),
                ("elsewhere", FileStorage(io.BytesIO(b"x"), "x.jpg")),
            ]
        )
        data = attach_files(EVERYTHING, {"photos": ["file-0"]}, files, store)
        assert data == {"photos": ["file-0", "file-1"]}
        assert store.files["file-1"].size_bytes == 4
        assert apply_row_action(EVERYTHING, data, "drop:photos:file-0", CONTEXT)["photos"] == ["file-1"]

    def test_the_whole_way_without_javascript(self, client: FlaskClient, desk: Desk) -> None:
        typed = {
            "title": "划伤不良", "kind": "look", "qty": "3", "found_on": "2026-11-20", "severity": "2",
            "sources": "iqc", "confirm": "on", "items.0._row": "0", "items.0.part": "P1", "items.0.n": "2",
        }  # fmt: skip
        grown = html.fromstring(
            client.post("/forms/everything", data={**typed, "_do": "add:items"}).get_data(as_text=True)
        )
        assert grown.xpath('//input[@name="items.1.part"]')
        assert grown.xpath('//input[@name="items.0.part"]')[0].get("value") == "P1"
        assert grown.xpath('//input[@name="severity"][@checked]')[0].get("value") == option_token(2)
        typed |= {"items.1._row": "", "items.1.part": "P2", "items.1.n": "1"}
        photo = (io.BytesIO(b"jpeg"), "现场.jpg")
        answer = client.post(
            "/forms/everything",
            data={**typed, "_do": "submit", "photos._file": photo},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 303
        kept = desk.answers["everything"]
        assert [row["part"] for row in kept["items"]] == ["P1", "P2"]
        assert (kept["qty"], kept["severity"], kept["photos"], kept["reporter"]) == (3, 2, ["file-1"], "李雷")
        assert "现场.jpg" in client.get("/done/everything").get_data(as_text=True)


class TestMarkdown:
    @pytest.mark.parametrize(
        ("source", "drawn"),
        [
            ("# 标题", "<h3>标题</h3>"),
            ("一\n二\n\n三", "<p>一<br>二</p>\n<p>三</p>"),
            ("- a\n- b\n1. c", "<ul><li>a</li><li>b</li></ul>\n<ol><li>c</li></ol>"),
            ("**粗** *斜* `a*b*`", "<p><strong>粗</strong> <em>斜</em> <code>a*b*</code></p>"),
            ("[家](/tasks)", '<p><a href="/tasks" rel="noopener noreferrer">家</a></p>'),
            ("[坏](javascript:alert(1))", "<p>[坏](javascript:alert(1))</p>"),
            ("[坏](javascript:x)", "<p>坏</p>"),
            ("[坏](//evil.example)", "<p>坏</p>"),
            (
                '[a](https://x.example/"onclick=)',
                '<p><a href="https://x.example/&#34;onclick=" rel="noopener noreferrer">a</a></p>',
            ),
            ("<b>&</b>", "<p>&lt;b&gt;&amp;&lt;/b&gt;</p>"),
            ("---", "<hr>"),
            ("a \ue0000\ue001", "<p>a 0</p>"),
        ],
    )
    def test_a_little_markdown_and_no_html(self, source: str, drawn: str) -> None:
        assert render_markdown(source) == drawn

    def test_values_bring_no_markdown(self) -> None:
        value = "**a** [b](/c) `d` # <i>"
        assert html.fromstring(render_markdown(escape_markdown(value))).text_content() == value

    def test_html_components_are_reduced_to_text(self) -> None:
        source = "<p>甲 &amp; <b>乙</b></p><script>x()</script><style>p{}</style><p onclick=x>丙"
        assert html_text(source) == "甲 &amp; 乙<br>丙"


def test_presentation_components_show_only_what_is_ours() -> None:
    source = {
        "id": "f",
        "components": [
            {"type": "image", "source": "/static/a.png", "alt": "图"},
            {"type": "image", "source": "https://elsewhere.example/a.png"},
            {"type": "table", "label": "明细", "dataSource": "=rows", "columns": [{"key": "a", "label": "甲"}]},
            {"type": "html", "content": "<b>{{name}}</b>"},
            {"type": "button", "label": "提交"},
            {"type": "iframe", "url": "https://elsewhere.example"},
        ],
    }
    context = FormContext("zh", NOW, SHANGHAI, variables={"rows": [{"a": 1}, {"a": None}, 7], "name": "<i>李</i>"})
    blocks = [line[0] for line in FormView(parse_form(source), context=context).blocks]
    assert [block.kind for block in blocks] == ["image", "table", "text"]
    assert (blocks[1].content.columns, blocks[1].content.rows) == (["甲"], [["1"], [""]])
    assert blocks[2].content == "李"


@pytest.mark.parametrize(
    ("language", "columns", "row"),
    [("zh", ["编号", "部门"], ["N-1", "服务台"]), ("en", ["Number", "Department"], ["N-1", "Service desk"])],
)
def test_a_table_shows_what_is_kept_in_the_readers_language(
    language: Language, columns: list[str], row: list[str]
) -> None:
    department = {"key": "name_zh", "key_en": "name_en", "label": "部门", "label_en": "Department"}
    number = {"key": "number", "label": "编号", "label_en": "Number"}
    table = {"type": "table", "label": "相似", "dataSource": "=rows", "columns": [number, department]}
    rows = [{"number": "N-1", "name_zh": "服务台", "name_en": "Service desk"}]
    context = FormContext(language, NOW, SHANGHAI, variables={"rows": rows})
    (line,) = FormView(parse_form({"id": "f", "components": [table]}), context=context).blocks
    assert (line[0].content.columns, line[0].content.rows) == (columns, [row])
