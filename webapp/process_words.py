"""What stands in a diagram, in words: who does a step and by when, what its rules say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext, ngettext
from sqlalchemy import Connection, select

from engine import policy_settings
from engine.definitions.dialect import expression_in
from engine.definitions.model import Element, Lane
from engine.definitions.rules import Rule
from engine.store.tables import group, user
from webapp.context import current_language

KINDS = {
    "userTask": lazy_gettext("Task"),
    "manualTask": lazy_gettext("Task"),
    "serviceTask": lazy_gettext("Done by the system"),
    "scriptTask": lazy_gettext("Computed"),
    "businessRuleTask": lazy_gettext("Decision table"),
    "callActivity": lazy_gettext("Another process"),
    "subProcess": lazy_gettext("Part with steps of its own"),
    "exclusiveGateway": lazy_gettext("One of these ways"),
    "inclusiveGateway": lazy_gettext("Every way that applies"),
    "parallelGateway": lazy_gettext("All ways at once"),
    "startEvent": lazy_gettext("Beginning"),
    "endEvent": lazy_gettext("End"),
    "boundaryEvent": lazy_gettext("Meanwhile"),
    "intermediateCatchEvent": lazy_gettext("Waiting"),
    "intermediateThrowEvent": lazy_gettext("Event"),
}
_SETTING = re.compile(r'setting\("([^"]+)"\)')
_MOMENT = r"(now\(\)|(?:date and time\()?[\w.]+\)?)"
_DAYS_AFTER = re.compile(rf'working days after\({_MOMENT}, (-?)(\d+|setting\("[^"]+"\))\)')
_PERIOD_AFTER = re.compile(rf'{_MOMENT} \+ duration\("(P[^"]+)"\)')
_YEARLY = re.compile(r"(\d+) (\d+) (\d+) (\d+) \*")
_PERIOD = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[(\[{]|[)\]}]|\+|[^"+(\[{)\]}]+')


@dataclass(frozen=True)
class Said:
    """A value of the diagram: in ``words`` as far as they are known, as ``code`` where it is an expression.

    ``figures`` are those of the company that it depends on, as they are set today.
    """

    words: str = ""
    code: str = ""
    figures: tuple[str, ...] = ()


def group_names(connection: Connection) -> Mapping[str, str]:
    """The names of the groups in the reader's language, by their keys."""
    name = group.c.name_zh if current_language() == "zh" else group.c.name_en
    return {row.key: row.name for row in connection.execute(select(group.c.key, name.label("name")))}


class ProcessWords:
    """The words for the people, groups and figures of today."""

    def __init__(self, connection: Connection) -> None:
        self.groups = group_names(connection)
        self.people: Mapping[str, str] = {
            row.login: row.name for row in connection.execute(select(user.c.login, user.c.name))
        }
        self.figures = policy_settings.values(connection)

    def group(self, key: str) -> str:
        """The name of a group."""
        return self.groups.get(key, key)

    def who(self, element: Element, lane: Lane | None) -> list[Said]:
        """Who may do a task."""
        attributes = element.attributes
        found = [
            *self._named(attributes.get("assignee", ""), self.people),
            *self._named(attributes.get("candidateUsers", ""), self.people),
            *self._named(attributes.get("candidateGroups", ""), self.groups),
        ]
        if not found and lane is not None:
            found = [Said(self.group(lane.group)) if lane.group else Said(lane.name(current_language()))]
        return found

    def _named(self, text: str, names: Mapping[str, str]) -> Iterator[Said]:
        expression = expression_in(text)
        if expression == "initiator":
            yield Said(gettext("whoever started the case"))
        elif expression is not None:
            yield Said(gettext("as the case says"), expression)
        else:
            yield from (Said(names.get(one.strip(), one.strip())) for one in text.split(",") if one.strip())

    def due(self, element: Element) -> Said | None:
        """By when a task is to be done."""
        return self._moment(element.attributes["dueDate"]) if element.attributes.get("dueDate") else None

    def timer(self, element: Element) -> Said | None:
        """When a timer fires."""
        return self._moment(element.timer_term) if element.timer_kind else None

    def _moment(self, text: str) -> Said:
        expression = expression_in(text)
        if expression is None:
            return Said(_later(text) or _yearly(text), text)
        words = self._days_after(expression) or _period_after(expression)
        if words:
            return Said(words, figures=self._figures_in(expression))
        return Said(gettext("as computed in the case"), expression, self._figures_in(expression))

    def _days_after(self, expression: str) -> str:
        found = _DAYS_AFTER.fullmatch(expression)
        if found is None:
            return ""
        key = _SETTING.fullmatch(found[3])
        number = int(found[3]) if key is None else self.figures.get(key[1], 0)
        if found[2]:
            return ngettext(
                "%(num)d working day before %(moment)s",
                "%(num)d working days before %(moment)s",
                number,
                moment=_moment_named(found[1]),
            )
        return ngettext(
            "%(num)d working day after %(moment)s",
            "%(num)d working days after %(moment)s",
            number,
            moment=_moment_named(found[1]),
        )

    def _figures_in(self, code: str) -> tuple[str, ...]:
        language = current_language()
        known = policy_settings.CATALOGUE
        return tuple(
            f"{known[key].name(language)}: {self.figures[key]} {known[key].unit(language)}"
            for key in dict.fromkeys(_SETTING.findall(code))
            if key in known
        )


def _moment_named(text: str) -> str:
    return gettext("it comes up") if text == "now()" else text.removeprefix("date and time(").removesuffix(")")


def _period_after(expression: str) -> str:
    found = _PERIOD_AFTER.fullmatch(expression)
    length = "" if found is None else _length(found[2])
    if found is None or not length:
        return ""
    return gettext("%(time)s after %(moment)s", time=length, moment=_moment_named(found[1]))


def _later(text: str) -> str:
    length = _length(text)
    return gettext("%(time)s later", time=length) if length else ""


def _length(text: str) -> str:
    """An ISO duration of days, hours and minutes in words; nothing for any other text."""
    found = _PERIOD.fullmatch(text)
    if found is None or not any(found.groups()):
        return ""
    days, hours, minutes = (int(part or 0) for part in found.groups())
    said = [
        ngettext("%(num)d day", "%(num)d days", days) if days else "",
        ngettext("%(num)d h", "%(num)d h", hours) if hours else "",
        ngettext("%(num)d min", "%(num)d min", minutes) if minutes else "",
    ]
    return " ".join(part for part in said if part)


def _yearly(text: str) -> str:
    """A cron term that names one moment of the year; nothing for any other text."""
    found = _YEARLY.fullmatch(text)
    if found is None:
        return ""
    minute, hour, day, month = (int(part) for part in found.groups())
    return gettext("every year on %(day)s at %(time)s", day=f"{month:02}-{day:02}", time=f"{hour:02}:{minute:02}")


def rule_sentence(rule: Rule) -> str:
    """What a rule tells people."""
    return sentence_of(rule.text(current_language()))


def sentence_of(text: str) -> str:
    """A text of a rule as people meet it; where it computes a part of its sentence, dots stand for that part."""
    expression = expression_in(text)
    if expression is None:
        return text
    terms = _added_up(expression)
    if not any(_is_text(one) for one in terms):
        return text
    said = [one[1:-1].strip() if _is_text(one) else "…" for one in terms]
    return " ".join(part for part in said if part)


def _added_up(expression: str) -> list[str]:
    """The terms of a sum; what stands in brackets stays together."""
    terms, depth = [""], 0
    for piece in _PIECE.findall(expression):
        depth += (piece in "([{") - (piece in ")]}")
        if piece == "+" and depth == 0:
            terms.append("")
        else:
            terms[-1] += piece
    return [one.strip() for one in terms]


def _is_text(term: str) -> bool:
    """Whether a term is one text and nothing else."""
    return len(term) > 1 and _PIECE.findall(term) == [term] and term.startswith('"')
