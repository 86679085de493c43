"""From a row of the file to an event of an incident; what is wrong with a row is said in both languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.registers.importing.mapping import REQUIRED, Mapping
from engine.registers.importing.reading import FileUnreadable

NUMBER_LIMIT = 64
_TEXT_LIMITS = {
    "caller": 200,
    "caller_phone": 64,
    "customer": 200,
    "summary": 300,
    "category": 200,
    "subcategory": 200,
    "priority": 32,
    "assignment_group": 200,
    "assigned_to": 200,
}
_TRUE = frozenset({"true", "1", "yes", "是"})
_FALSE = frozenset({"false", "0", "no", "否"})
_CLOCKS_MAY_DIFFER = timedelta(hours=1)
_INTEGER_LIMIT = 2**31


class RowInvalid(Exception):
    """This row cannot be taken over; the others can."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Event:
    """What one row says. ``cells`` keeps the row, whose texts are only read when this event is the latest."""

    number: str
    state: str
    source_state: str
    modification_count: int
    modified_at: datetime
    opened_at: datetime
    responded_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    reopen_count: int
    is_waiting: bool
    cells: Sequence[str]

    @property
    def order(self) -> tuple[int, datetime]:
        """Events of one incident in the order they happened, whatever their order in the file."""
        return self.modification_count, self.modified_at

    @property
    def is_resolution(self) -> bool:
        """Whether the incident counts as resolved after this event; other rows may repeat a stale moment."""
        return self.state in ("resolved", "closed") and self.resolved_at is not None


class RowReader:
    """Reads the rows of one file. Moments are moved by ``shift``; nothing can have been resolved after ``latest``."""

    def __init__(
        self, mapping: Mapping, header: Sequence[str], zone: ZoneInfo, *, shift: timedelta, latest: datetime
    ) -> None:
        self.mapping, self.width, self.latest = mapping, len(header), latest + _CLOCKS_MAY_DIFFER
        positions = {name: position for position, name in enumerate(header)}
        places = {
            field: [positions[name] for name in names if name in positions] for field, names in mapping.columns.items()
        }
        self._cells = {field: _cell_reader(found, mapping.empty) for field, found in places.items() if found}
        missing = [mapping.columns[field][0] for field in REQUIRED if field not in self._cells]
        if missing:
            names = ", ".join(missing)
            raise FileUnreadable(reason_zh=f"缺少列 {names}", reason_en=f"columns missing: {names}")
        self._moment = _moment_reader(mapping.date_formats, mapping.zone or zone, shift)

    def read(self, cells: Sequence[str]) -> Event:
        """The event of one row. Raises ``RowInvalid``."""
        if len(cells) != self.width:
            raise RowInvalid(
                f"应有 {self.width} 列，实有 {len(cells)} 列", f"{self.width} cells expected, {len(cells)} found"
            )
        number = self.text(cells, "number")
        if not number or len(number) > NUMBER_LIMIT:
            raise RowInvalid("没有事件编号，或编号过长", "the incident number is missing or too long")
        given_state = self.text(cells, "state")
        state = self.mapping.states.get(given_state)
        if state is None:
            raise RowInvalid(f"未知状态“{given_state[:60]}”", f"unknown state “{given_state[:60]}”")
        opened_at = self.moment(cells, "opened_at")
        if opened_at is None:
            raise RowInvalid("没有报告时间", "the moment it was opened is missing")
        resolved_at = self.moment(cells, "resolved_at")
        if resolved_at is not None and resolved_at > self.latest:
            raise RowInvalid("解决时间在将来", "it is resolved in the future")
        modified_at = self.moment(cells, "modified_at") or opened_at
        responded_at = self.moment(cells, "responded_at")
        if responded_at is None and given_state not in self.mapping.unanswered:
            responded_at = modified_at
        return Event(
            number=number,
            state=state,
            source_state=given_state[:NUMBER_LIMIT],
            modification_count=self.integer(cells, "modification_count"),
            modified_at=modified_at,
            opened_at=opened_at,
            responded_at=responded_at,
            resolved_at=resolved_at,
            closed_at=self.moment(cells, "closed_at"),
            reopen_count=self.integer(cells, "reopen_count"),
            is_waiting=given_state in self.mapping.waiting,
            cells=cells,
        )

    def details(self, event: Event) -> dict[str, Any]:
        """The remaining columns of the register for ``event``."""
        texts = {field: _shortened(self.text(event.cells, field), limit) for field, limit in _TEXT_LIMITS.items()}
        made_sla = self.text(event.cells, "made_sla").lower()
        return {
            **texts,
            "reopen_count": event.reopen_count,
            "made_sla": True if made_sla in _TRUE else False if made_sla in _FALSE else None,
        }

    def modified_at(self, cells: Sequence[str]) -> datetime | None:
        """When the row's event happened, or None for a row that does not tell."""
        if len(cells) != self.width:
            return None
        try:
            return self.moment(cells, "modified_at")
        except RowInvalid:
            return None

    def text(self, cells: Sequence[str], field: str) -> str:
        """The first filled-in column of ``field``."""
        read = self._cells.get(field)
        return "" if read is None else read(cells)

    def integer(self, cells: Sequence[str], field: str) -> int:
        """A count; nothing counts as 0."""
        text = self.text(cells, field)
        if not text:
            return 0
        if not (text.isascii() and text.isdigit()) or int(text[:20]) >= _INTEGER_LIMIT:
            column = self.mapping.columns[field][0]
            raise RowInvalid(f"{column} 不是整数：{text[:60]}", f"{column} is not a whole number: {text[:60]}")
        return int(text)

    def moment(self, cells: Sequence[str], field: str) -> datetime | None:
        """A moment in UTC, moved by the shift."""
        text = self.text(cells, field)
        if not text:
            return None
        moment: datetime | None = self._moment(text)
        if moment is None:
            column = self.mapping.columns[field][0]
            raise RowInvalid(f"{column} 不是有效时间：{text[:60]}", f"{column} is not a moment: {text[:60]}")
        return moment


def _cell_reader(places: list[int], empty: frozenset[str]) -> Callable[[Sequence[str]], str]:
    """Reads the first of these cells that is filled in."""
    first, others = places[0], places[1:]

    def read(cells: Sequence[str]) -> str:
        text = cells[first].strip()
        if text not in empty:
            return text
        return next((found for place in others if (found := cells[place].strip()) not in empty), "")

    return read


def _moment_reader(formats: Sequence[str], zone: ZoneInfo, shift: timedelta) -> Callable[[str], datetime | None]:
    """The same moment stands in many rows, so what was read is remembered."""

    @lru_cache(maxsize=1 << 15)
    def read(text: str) -> datetime | None:
        for one in formats:
            try:
                return datetime.strptime(text, one).replace(tzinfo=zone).astimezone(UTC) + shift
            except (ValueError, OverflowError):
                continue
        return None

    return read


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
