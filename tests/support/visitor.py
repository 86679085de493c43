"""A person with a browser without scripts: visits pages, reads them, fills in their forms."""

from __future__ import annotations

from typing import Any, Self

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.support.people import PASSWORD


class Visitor:
    """Follows redirects and keeps the last answer in ``answer``."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.answer: TestResponse | None = None

    def sign_in(self, login: str, password: str = PASSWORD) -> Self:
        """Sign in through the page."""
        return self.visit("/sign-in").send("/sign-in", login=login, password=password)

    def visit(self, path: str, **headers: str) -> Self:
        """Go to an address."""
        self.answer = self.client.get(path, follow_redirects=True, headers=headers)
        return self

    def send(self, path: str, **fields: Any) -> Self:
        """Post fields as a form of the page shown would, with the hidden token of that page."""
        data = {"csrf_token": self._token(), **fields}
        self.answer = self.client.post(path, data=data, follow_redirects=True, content_type="multipart/form-data")
        return self

    def submit(self, action: str, **fields: Any) -> Self:
        """Send the form of the page shown with this action: its values, changed by ``fields`` (None leaves one out)."""
        form = next(one for one in self.page.xpath("//form") if one.get("action") == action)
        values: dict[str, Any] = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        values.update(fields)
        data = {name: value for name, value in values.items() if value is not None}
        self.answer = self.client.post(action, data=data, follow_redirects=True, content_type="multipart/form-data")
        return self

    @property
    def status(self) -> int:
        """The HTTP status of the page shown."""
        assert self.answer is not None
        return self.answer.status_code

    @property
    def path(self) -> str:
        """Where the visitor is."""
        assert self.answer is not None
        return self.answer.request.path

    @property
    def source(self) -> str:
        """The HTML of the page shown."""
        assert self.answer is not None
        return self.answer.get_data(as_text=True)

    @property
    def page(self) -> Any:
        """The page shown, as a tree of lxml."""
        return html.fromstring(self.source)

    @property
    def text(self) -> str:
        """What the main part of the page says, white space collapsed."""
        found = self.page.xpath("//main") or [self.page]
        return " ".join(found[0].text_content().split())

    def all(self, xpath: str) -> list[str]:
        """The texts of the elements found, white space collapsed."""
        return [" ".join(one.text_content().split()) for one in self.page.xpath(xpath)]

    def _token(self) -> str:
        found = self.page.xpath('//input[@name="csrf_token"]/@value') if self.answer is not None else []
        return str(found[0]) if found else ""
