"""Expressions and terms as an author types them: whether they are right, and what they mean in words and moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from sqlalchemy import Connection

from engine import calendars, working_calendars
from engine.calendars.wording import describe, weekday
from engine.definitions.dialect import expression_in
from engine.definitions.model import Element
from engine.errors import EngineError
from engine.feel import (
    EvaluationContext,
    Expression,
    FeelSyntaxError,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
    known_functions,
)
from webapp.context import current_language, current_platform
from webapp.errors import message_of
from webapp.process_words import ProcessWords

Functions = Mapping[str, Callable[..., Any]]
SHOWN = 3
_ALLOWED = {
    "due": {"duration", "date"},
    "start": {"cron", "cycle", "date", "duration"},
    "timeDate": {"date"},
    "timeDuration": {"duration"},
    "timeCycle": {"cycle", "cron"},
}


def check_feel(text: str, kind: str, functions: Functions) -> dict[str, Any]:
    """``{ok, message, position}`` for a text of a kind: expression, value (FEEL only after ``=``), unary."""
    expression = expression_in(text)
    if kind == "value" and expression is None:
        return _said(True)
    shift = 0 if expression is None else len(text) - len(text.lstrip(" =\n\t"))
    try:
        compiled: Expression | UnaryTests = (
            compile_unary_tests(text)
            if kind == "unary"
            else compile_expression(text if expression is None else expression)
        )
    except FeelSyntaxError as error:
        reason = error.details["reason_zh"] if current_language() == "zh" else error.details["reason"]
        position = int(error.details["position"]) + shift
        return _said(False, gettext("At character %(place)s: %(why)s", place=position + 1, why=reason), position)
    unknown = sorted(compiled.functions - known_functions() - set(functions))
    if unknown:
        return _said(False, gettext("There is no function “%(name)s”", name=unknown[0]))
    return _said(True)


def _said(ok: bool, message: str = "", position: int | None = None) -> dict[str, Any]:
    return {"ok": ok, "message": message, "position": position}


def explain(connection: Connection, text: str, kind: str, calendar_key: str, now: datetime) -> dict[str, Any]:
    """``{ok, text, next}``: what a term says, and the next moments it names if it began ``now``.

    ``kind`` is the place of the term: due (a due date), start (a start event), timeDate, timeDuration, timeCycle.
    The calendar stands in where the term names none, and tells which of the moments are days off.
    """
    known, default = working_calendars.load_calendars(connection)
    calendar = known.get(calendar_key, known[default])
    explainer = _Explainer(connection, kind, calendar, known, now)
    try:
        sentence, moments = explainer.explain(text.strip())
    except EngineError as refused:
        return {"ok": False, "text": message_of(refused), "next": []}
    zone = current_platform().settings.zone
    shown = [{"at": at.isoformat(), "text": _moment(at, calendar, zone)} for at in moments]
    return {"ok": True, "text": sentence, "next": shown}


class _Explainer:
    def __init__(
        self,
        connection: Connection,
        kind: str,
        calendar: calendars.Calendar,
        known: Mapping[str, calendars.Calendar],
        now: datetime,
    ) -> None:
        self.connection, self.kind, self.now = connection, kind, now
        self.zone = current_platform().settings.zone
        self.functions = {
            **current_platform().runtime.host_functions(connection),
            **calendars.calendar_functions(known, calendar.key),
        }

    def explain(self, text: str) -> tuple[str, list[datetime]]:
        expression = expression_in(text)
        if expression is None:
            term = calendars.parse_term(text)
            if term.kind not in _ALLOWED.get(self.kind, {term.kind}):
                raise calendars.TermInvalid(
                    term=text, reason=_misplaced_en(self.kind), reason_zh=_misplaced_zh(self.kind)
                )
            return describe(term, self.zone, current_language()), self._moments(term)
        compiled = compile_expression(expression)
        unknown = sorted(compiled.functions - known_functions() - set(self.functions))
        if unknown:
            raise calendars.TermInvalid(
                term=text, reason=f"there is no function {unknown[0]}", reason_zh=f"没有函数 {unknown[0]}"
            )
        return self._sentence(text, compiled), self._computed(compiled)

    def _sentence(self, text: str, compiled: Expression) -> str:
        element = Element("", "boundaryEvent", "", "", "", timer_kind="date", timer_term=text)
        said = ProcessWords(self.connection).timer(element)
        words = "" if said is None else said.words
        if compiled.variables:
            names = gettext(", ").join(sorted(compiled.variables))
            words = gettext("%(words)s (depends on the case: %(names)s)", words=words, names=names)
        return words

    def _computed(self, compiled: Expression) -> list[datetime]:
        """The moments of an expression that needs nothing of a case."""
        if compiled.variables:
            return []
        context = EvaluationContext(now=self.now, zone=self.zone, functions=self.functions)
        value = compiled.evaluate({}, context=context)
        return self._moments(calendars.parse_term(value))

    def _moments(self, term: calendars.Term) -> list[datetime]:
        if term.kind in ("duration", "date"):
            return [calendars.due_at(term, self.zone, self.now)]
        found: list[datetime] = []
        after = self.now
        while len(found) < SHOWN:
            following = calendars.next_occurrence(term, self.zone, after, start_at=self.now)
            if following is None:
                break
            after = following[1]
            found.append(after)
        return found


def _moment(at: datetime, calendar: calendars.Calendar, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    shown = f"{local:%Y-%m-%d} {weekday(local, current_language())} {local:%H:%M}"
    try:
        is_open = calendars.is_working_day(calendar, local.date())
    except calendars.CalendarYearUnknown:
        return shown
    return shown if is_open else gettext("%(moment)s, a day off", moment=shown)


def _misplaced_zh(kind: str) -> str:
    return {
        "due": "此处须为时长或日期时间",
        "start": "此处须为 cron、循环、日期时间或时长",
        "timeDate": "此处须为日期时间",
        "timeDuration": "此处须为时长",
    }.get(kind, "此处须为循环或 cron")


def _misplaced_en(kind: str) -> str:
    return {
        "due": "a duration or a date is needed here",
        "start": "cron, a cycle, a date or a duration is needed here",
        "timeDate": "a date is needed here",
        "timeDuration": "a duration is needed here",
    }.get(kind, "a cycle or cron is needed here")
