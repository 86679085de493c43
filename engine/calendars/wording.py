"""A term in words: what its ISO 8601 text or cron line says to somebody who writes neither."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.calendars.terms import Period, Term
from engine.errors import Language

_WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "zh": ("周日", "周一", "周二", "周三", "周四", "周五", "周六"),
    "en": ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NUMBER = re.compile(r"\d+")


def describe(term: Term, zone: ZoneInfo, language: Language) -> str:
    """The sentence for a reader of ``language``, e.g. “every month on day 5 at 09:00”."""
    if term.kind == "cron":
        return _cron(term.text, language)
    if term.kind == "date" and term.moment is not None:
        moment = term.moment if term.moment.tzinfo is None else term.moment.astimezone(zone)
        return f"于 {moment:%Y-%m-%d %H:%M}" if language == "zh" else f"on {moment:%Y-%m-%d at %H:%M}"
    length = _length(term.period or Period(), language)
    if term.kind == "duration":
        return f"{length}后" if language == "zh" else f"{length} later"
    return _cycle(term, length, zone, language)


def weekday(moment: datetime, language: Language) -> str:
    """The day of the week of a local moment."""
    return _WEEKDAYS[language][moment.isoweekday() % 7]


def _cycle(term: Term, length: str, zone: ZoneInfo, language: Language) -> str:
    begin = ""
    if term.moment is not None:
        moment = term.moment if term.moment.tzinfo is None else term.moment.astimezone(zone)
        begin = f"自 {moment:%Y-%m-%d %H:%M} 起，" if language == "zh" else f", from {moment:%Y-%m-%d %H:%M}"
    if language == "zh":
        often = f"，共 {term.repetitions} 次" if term.repetitions else "，直到结束"
        return f"{begin}每隔{length}一次{often}"
    often = f", {term.repetitions} times" if term.repetitions else ", without end"
    return f"every {length}{often}{begin}"


def _length(period: Period, language: Language) -> str:
    years, months = divmod(period.months, 12)
    minutes, seconds = divmod(int(period.elapsed.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        (years, "年", "year"),
        (months, "个月", "month"),
        (period.days, "天", "day"),
        (hours, "小时", "hour"),
        (minutes, "分钟", "minute"),
        (seconds, "秒", "second"),
    ]
    if language == "zh":
        return " ".join(f"{count} {zh}" for count, zh, _ in parts if count)
    return " ".join(f"{count} {en}{'s' if count != 1 else ''}" for count, _, en in parts if count)


def _cron(line: str, language: Language) -> str:
    minute, hour, day, month, weekday = line.upper().split()
    days = _days(day, month, weekday, language)
    time = _time(minute, hour, language)
    if days is None or time is None:
        return f"按 cron“{line}”" if language == "zh" else f"as cron says: {line}"
    return f"{days} {time}"


def _time(minute: str, hour: str, language: Language) -> str | None:
    if not minute.isdigit():
        return None
    if hour == "*":
        return f"每小时第 {int(minute)} 分" if language == "zh" else f"at minute {int(minute)} of every hour"
    hours = _numbers(hour)
    if hours is None:
        return None
    times = [f"{one:02}:{int(minute):02}" for one in hours]
    return "、".join(times) if language == "zh" else f"at {_joined(times)}"


def _days(day: str, month: str, weekday: str, language: Language) -> str | None:
    months, weekdays = _numbers(month), _numbers(weekday)
    if day == "*" and month == "*":
        if weekday == "*":
            return "每天" if language == "zh" else "every day"
        if weekdays is None:
            return None
        names = [_WEEKDAYS[language][one % 7] for one in weekdays]
        return "每" + "、".join(names) if language == "zh" else f"every {_joined(names)}"
    days = ["L"] if day == "L" else _numbers(day)
    if weekday != "*" or days is None or (month != "*" and months is None):
        return None
    return _days_zh(days, months) if language == "zh" else _days_en(days, months)


def _days_zh(days: list[str] | list[int], months: list[int] | None) -> str:
    which = "、".join("最后一天" if one == "L" else f"{one} 日" for one in days)
    if months is None:
        return f"每月 {which}"
    if months == [1, 4, 7, 10]:
        return f"每季度首月 {which}"
    return f"每年 {'、'.join(f'{one} 月' for one in months)} {which}"


def _days_en(days: list[str] | list[int], months: list[int] | None) -> str:
    which = "the last day" if days == ["L"] else f"day {_joined([str(one) for one in days])}"
    if months is None:
        return f"every month on {which}"
    if months == [1, 4, 7, 10]:
        return f"every quarter in its first month on {which}"
    return f"every year in {_joined([_MONTHS[one - 1] for one in months])} on {which}"


def _numbers(part: str) -> list[int] | None:
    """The numbers of a list such as ``1,4`` or ``1-5``; None for anything else, ``*`` included."""
    found: list[int] = []
    for one in part.split(","):
        first, _, last = one.partition("-")
        if not (_NUMBER.fullmatch(first) and (not last or _NUMBER.fullmatch(last))):
            return None
        found.extend(range(int(first), int(last or first) + 1))
    return found


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
