"""Standard five-field cron, read into APScheduler's trigger.

APScheduler counts weekdays from Monday = 0, cron from Sunday = 0 (and 7): weekdays are handed over by name. The
trigger runs in UTC and stands for local time; the occurrences room turns its answers into moments.
"""

from __future__ import annotations

import re
from datetime import UTC

from apscheduler.triggers.cron import CronTrigger

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PART = re.compile(r"(?:(\*)|([a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?)(?:/(\d{1,2}))?", re.ASCII)
_LIMITS = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "day_of_week": (0, 7)}
_SHORT_MONTHS = {4, 6, 9, 11}


class CronRefused(ValueError):
    """Why a line is no cron; ``reasons`` in English and Chinese."""

    def __init__(self, reason: str, reason_zh: str) -> None:
        super().__init__(reason)
        self.reasons = (reason, reason_zh)


def parse_cron(line: str) -> CronTrigger:
    """The trigger for ``minute hour day month weekday``; ``L`` is the last day; raises :class:`CronRefused`.

    A line that restricts both the day of the month and the weekday is refused: cron means either, people mean both.
    """
    texts = dict(zip(_LIMITS, line.lower().split(), strict=True))
    if texts["day"] != "*" and texts["day_of_week"] != "*":
        raise CronRefused("give either a day of the month or a weekday", "日期与星期只能限定其一")
    values = {name: _values(name, text) for name, text in texts.items()}
    if texts["day"] != "l" and not any(
        day <= (29 if month == 2 else 30 if month in _SHORT_MONTHS else 31)
        for day in values["day"]
        for month in values["month"]
    ):
        raise CronRefused("no month has that day", "没有任何月份有这一天")
    weekdays = sorted({value % 7 for value in values["day_of_week"]})
    return CronTrigger(
        minute=_listed(values["minute"]),
        hour=_listed(values["hour"]),
        day="last" if texts["day"] == "l" else _listed(values["day"]),
        month=_listed(values["month"]),
        day_of_week=",".join(_WEEKDAYS[weekday] for weekday in weekdays),
        timezone=UTC,
    )


def _listed(values: set[int]) -> str:
    return ",".join(map(str, sorted(values)))


def _values(name: str, text: str) -> set[int]:
    low, high = _LIMITS[name]
    if name == "day" and text == "l":
        return {31}
    values: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if not match:
            raise CronRefused(f"cannot read {part!r}", f"无法识别 {part!r}")
        star, first, last, step = match.groups()
        start = low if star else _number(name, first)
        end = high if star or (step and not last) else _number(name, last or first)
        if star and name == "day_of_week":
            end = 6
        if not (low <= start <= end <= high) or (step and int(step) == 0):
            raise CronRefused(f"{part!r} is out of range", f"{part!r} 超出范围")
        values.update(range(start, end + 1, int(step or 1)))
    return values


def _number(name: str, text: str) -> int:
    names = {"month": _MONTHS, "day_of_week": _WEEKDAYS}.get(name, ())
    if text in names:
        return names.index(text) + (1 if name == "month" else 0)
    if not text.isdigit():
        raise CronRefused(f"cannot read {text!r}", f"无法识别 {text!r}")
    return int(text)
