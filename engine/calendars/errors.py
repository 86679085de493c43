"""What can be wrong with a calendar or a term."""

from __future__ import annotations

from engine.errors import Invalid, NotFound


class CalendarInvalid(Invalid):
    """The description of a calendar contradicts itself."""

    code = "calendar_invalid"
    zh = "日历“{calendar}”有误：{reason_zh}"
    en = "The calendar “{calendar}” is wrong: {reason}"


class CalendarYearUnknown(Invalid):
    """The holidays of that year are not published or not installed: better no deadline than a wrong one."""

    code = "calendar_year_unknown"
    zh = "日历“{calendar}”尚无 {year} 年的法定节假日安排，请更新 chinesecalendar，或在日历中把该年设为暂定"
    en = (
        "The calendar “{calendar}” does not know the public holidays of {year} yet; "
        "update chinesecalendar, or make it a provisional year of the calendar"
    )


class CalendarNeverOpens(Invalid):
    """No opening within a year: the calendar cannot give a deadline."""

    code = "calendar_never_opens"
    zh = "日历“{calendar}”在 {day} 之后一年内没有工作时间"
    en = "The calendar “{calendar}” has no office hours within a year after {day}"


class CalendarUnknown(NotFound):
    """No calendar of that key."""

    code = "calendar_unknown"
    zh = "没有名为“{calendar}”的日历"
    en = "There is no calendar “{calendar}”"


class TermInvalid(Invalid):
    """A timer's term that is no ISO 8601 duration, date or repeating interval, no cron line, or out of bounds."""

    code = "term_invalid"
    zh = "期限“{term}”有误：{reason_zh}"
    en = "The term “{term}” is wrong: {reason}"
