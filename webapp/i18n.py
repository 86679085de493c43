"""Languages: which one a request is answered in, and texts that exist in two."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import Babel, Domain, get_locale

from engine.errors import LANGUAGES, Language
from webapp.context import DEFAULT_LANGUAGE, current_language

HTML_LANGUAGES: dict[Language, str] = {"zh": "zh-CN", "en": "en"}


class _Domain(Domain):  # type: ignore[misc]
    """Flask-Babel's finds its catalogue under the spelt-out locale, anew for each of a page's hundreds of texts."""

    def __init__(self) -> None:
        super().__init__()
        self._by_language: dict[str, Any] = {}

    def get_translations(self) -> Any:
        locale = get_locale()
        if locale is None:
            return super().get_translations()
        found = self._by_language.get(locale.language)
        if found is None:
            found = self._by_language[locale.language] = super().get_translations()
        return found


def install(app: Flask) -> None:
    """Translate the pages of ``app``: English texts are the keys, ``translations/zh`` has the Chinese."""
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT_LANGUAGE
    Babel(app, locale_selector=current_language).domain_instance = _Domain()
    app.jinja_env.filters["pick"] = pick
    app.context_processor(_texts)


def pick(row: Any, field: str = "name") -> str:
    """``name_zh`` or ``name_en`` of a row or mapping, whichever the reader reads; the other where it is empty."""
    language = current_language()
    other = "en" if language == "zh" else "zh"
    fields = getattr(row, "_mapping", row)
    if isinstance(fields, dict) or hasattr(fields, "get"):
        return str(fields.get(f"{field}_{language}") or fields.get(f"{field}_{other}") or "")
    return str(getattr(row, f"{field}_{language}", "") or getattr(row, f"{field}_{other}", ""))


def _texts() -> dict[str, Any]:
    language = current_language()
    return {"language": language, "html_language": HTML_LANGUAGES[language], "languages": LANGUAGES}
