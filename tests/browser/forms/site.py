"""A small site that serves forms the way a page of the product does: drafts, uploads, refreshes, answers kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, redirect, render_template_string, request

import webapp.forms
from engine.forms import FileInfo, FormContext, FormInvalid, load, parse_form, summary
from webapp.forms import FormView, apply_row_action, attach_files, read_post

SCHEMAS = Path(__file__).parent / "schemas"
WEBAPP = Path(webapp.forms.__file__).parents[1]
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'"
)
PAGE = """{% from "forms/fields.html" import whole_form %}<!doctype html>
<html lang="{{ 'zh-CN' if view.language == 'zh' else 'en' }}"><head><meta charset="utf-8">
<title>{{ view.title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/vendor/tabler.css"><link rel="stylesheet" href="/static/css/forms.css">
<script src="/static/vendor/htmx.js" defer></script><script src="/static/js/form.js" defer></script></head>
<body><main style="max-width: 48rem; margin: auto; padding: 1rem; background: #fff">
<h1 class="h2 mb-3">{{ view.title }}</h1>
{{ drawn }}
</main></body></html>"""
FORM = """{% from "forms/fields.html" import whole_form %}{% call whole_form(view) %}
<button class="btn btn-primary" name="_do" value="submit">{{ view.t('submit') }}</button>
<button class="btn" name="_do" value="draft" formnovalidate>{{ view.language == 'en' and 'Draft' or '草稿' }}</button>
{% endcall %}"""
DONE = """<!doctype html><html lang="{{ language }}"><head><meta charset="utf-8"><title>{{ language }}</title></head>
<body><main><h1>OK</h1><dl>{% for line in lines %}<dt>{{ line.label }}</dt><dd>{{ line.text }}</dd>{% endfor %}</dl>
</main></body></html>"""


class MemoryFiles:
    """Uploads of one test, in memory."""

    def __init__(self) -> None:
        self.files: dict[str, FileInfo] = {}

    def save(self, stream: BinaryIO, name: str, content_type: str) -> FileInfo:
        identity = f"file-{len(self.files) + 1}"
        self.files[identity] = FileInfo(identity, name, len(stream.read()), content_type)
        return self.files[identity]

    def get(self, identity: str) -> FileInfo | None:
        return self.files.get(identity)


class Desk:
    """What the site remembers between requests."""

    def __init__(self) -> None:
        self.files = MemoryFiles()
        self.initial: dict[str, Any] = {}
        self.variables: dict[str, Any] = {}
        self.drafts: dict[str, Any] = {}
        self.answers: dict[str, Any] = {}
        self.refuse_drafts = False
        self.refresh_delay: Any = lambda: None


def create_site(desk: Desk) -> Flask:
    """The site, with the product's own templates, scripts and styles."""
    app = Flask(__name__, template_folder=str(WEBAPP / "templates"), static_folder=str(WEBAPP / "static"))

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.post("/upload")
    def upload() -> Any:
        sent = request.files["file"]
        if (sent.filename or "").endswith(".exe"):
            return {"message": "不允许的文件"}, 422
        info = desk.files.save(sent.stream, sent.filename or "", sent.mimetype)
        return {"id": info.id, "name": info.name, "size": info.size_bytes}

    @app.get("/done/<key>")
    def done(key: str) -> str:
        form = parse_form((SCHEMAS / f"{key}.json").read_bytes())
        context = _context(desk)
        return render_template_string(
            DONE, language=context.language, lines=summary(form, desk.answers[key], context.language, context)
        )

    @app.route("/forms/<key>", methods=["GET", "POST"])
    def form_page(key: str) -> Any:
        return _form_page(desk, key)

    return app


def _context(desk: Desk) -> FormContext:
    language = "en" if request.args.get("lang") == "en" else "zh"
    return FormContext(language, NOW, SHANGHAI, variables=desk.variables, files=desk.files.files)


def _form_page(desk: Desk, key: str) -> Any:
    if not (SCHEMAS / f"{key}.json").exists():
        abort(404)
    form = parse_form((SCHEMAS / f"{key}.json").read_bytes(), file=key)
    context = _context(desk)
    data: Mapping[str, Any] | None = desk.drafts.get(key)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        action = request.form.get("_do", "submit")
        data = attach_files(form, read_post(form, request.form, SHANGHAI), request.files, desk.files)
        context = replace(context, files=desk.files.files)
        if action == "draft":
            if desk.refuse_drafts:
                abort(503)
            desk.drafts[key] = data
            return "", 204
        if action == "submit":
            try:
                desk.answers[key] = load(form, data, desk.initial, context)
                desk.drafts.pop(key, None)
                return redirect(f"/done/{key}?{request.query_string.decode()}", 303)
            except FormInvalid as error:
                errors = error.details["fields"]
        elif action == "refresh":
            desk.refresh_delay()
        else:
            data = apply_row_action(form, data, action, context)
    view = FormView(
        form,
        data,
        context=context,
        initial=desk.initial,
        errors=errors,
        action=request.full_path.rstrip("?"),
        upload_url="/upload",
        draft_key=f"tester:{key}",
        saves_drafts=True,
    )
    drawn = render_template_string(FORM, view=view)
    if request.headers.get("HX-Request"):
        return drawn
    return render_template_string(
        PAGE.replace("{{ drawn }}", "{{ drawn|safe }}"), view=view, drawn=drawn
    ), 422 if errors else 200


def schema(key: str) -> dict[str, Any]:
    """The source of one of the test forms."""
    found: dict[str, Any] = json.loads((SCHEMAS / f"{key}.json").read_text(encoding="utf-8"))
    return found
