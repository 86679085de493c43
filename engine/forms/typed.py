"""From what was sent to the value a component holds: the type rules, before the author's own rules.

Each reader takes any JSON value and either returns the clean value or raises ``Refused``. The empty value per type is
the one form-js uses, so that expressions see the same in the browser's editor preview and here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.forms.model import CHOICE_TYPES, MANY_TYPES, Component, FormContext

TEXT_MAX_CHARACTERS = 20_000
MULTI_MAX_VALUES = 200
_SAFE_INTEGER = Decimal(2**53 - 1)
_TEXT_NUMBER_DIGITS = 34
_DAY = 24 * 60
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?")


class Refused(Exception):
    """The value is not of the component's type; ``code`` and ``values`` name the sentence."""

    def __init__(self, code: str, *values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def empty_value(component: Component) -> Any:
    """What the component holds before anybody touched it."""
    if component.type in ("textfield", "textarea"):
        return ""
    if component.type == "checkbox":
        return False
    return [] if component.type in MANY_TYPES or component.is_list else None


def is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def read_value(component: Component, value: Any, context: FormContext) -> Any:
    """The clean value, or ``Refused``. Membership in options and files is not checked here."""
    return _READERS[component.type](component, value, context)


def _text(component: Component, value: Any, context: FormContext) -> str:
    if value is None or isinstance(value, (list, dict)):
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    if _UNSTORABLE.search(text):
        raise Refused("text_characters")
    longest = component.rules.get("maxLength")
    # Line ends and blanks around the text do not count for the author's limit, so they must not reach this one first.
    if len(text) > (longest + 1000 if isinstance(longest, int) else TEXT_MAX_CHARACTERS):
        raise Refused("max_length", longest if isinstance(longest, int) else TEXT_MAX_CHARACTERS)
    return re.sub(r"[\r\n\t]", " ", text) if component.type == "textfield" else text.replace("\r\n", "\n")


def _number(component: Component, value: Any, context: FormContext) -> Any:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    number = _decimal(value)
    places = component.source.get("decimalDigits")
    decimals = max(0, -int(number.normalize().as_tuple().exponent))
    if isinstance(places, int) and decimals > places:
        raise Refused("integer") if places == 0 else Refused("decimals", places)
    if component.source.get("serializeToString"):
        return value.strip() if isinstance(value, str) and value.isascii() else format(number, "f")
    if abs(number) > _SAFE_INTEGER:
        raise Refused("number_size")
    return int(number) if number == number.to_integral_value() else float(number)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, (bool, list, dict)) or (isinstance(value, str) and "_" in value):
        raise Refused("number")
    # int to text is quadratic beyond some thousand digits, so huge JSON integers are refused before.
    if isinstance(value, int) and value.bit_length() > 128:
        raise Refused("number_size")
    text = str(value).strip()
    if len(text) > 100:
        raise Refused("number_size")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Refused("number") from None
    if not number.is_finite():
        raise Refused("number")
    if number and not -_TEXT_NUMBER_DIGITS <= number.adjusted() <= _TEXT_NUMBER_DIGITS:
        raise Refused("number_size")
    return number


def _checkbox(component: Component, value: Any, context: FormContext) -> bool:
    return value is True


def _one(component: Component, value: Any, context: FormContext) -> Any:
    return None if value in (None, "") else _shallow(value)


def _many(component: Component, value: Any, context: FormContext) -> list[Any]:
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        raise Refused("option")
    if len(value) > MULTI_MAX_VALUES:
        raise Refused("option")
    return [_shallow(item) for item in value]


def _shallow(value: Any, depth: int = 4) -> Any:
    """A copy of an option's value; what nests deeper than any option would is refused before it is compared."""
    if isinstance(value, (list, dict)) and depth == 0:
        raise Refused("option")
    if isinstance(value, list):
        return [_shallow(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {key: _shallow(item, depth - 1) for key, item in value.items()}
    return value


def _files(component: Component, value: Any, context: FormContext) -> list[str]:
    ids = [] if value in (None, "") else value if isinstance(value, list) else [value]
    if len(ids) > MULTI_MAX_VALUES or not all(isinstance(item, str) for item in ids):
        raise Refused("file")
    return list(dict.fromkeys(ids))


def _moment(component: Component, value: Any, context: FormContext) -> str | None:
    if value in (None, ""):
        return None
    if not isinstance(value, str) or len(value) > 40:
        raise Refused(component.subtype)
    return _MOMENTS.get(component.subtype, _date)(component, value.strip(), context)


def _date(component: Component, value: str, context: FormContext) -> str:
    try:
        if not _DATE.fullmatch(value):
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Refused("date") from None


def _time(component: Component, value: str, context: FormContext) -> str:
    """A time has no day, so offsets are those of today."""
    match = _TIME.fullmatch(value)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise Refused("time")
    offset = (context.now.astimezone(context.zone).utcoffset() or timedelta()) // timedelta(minutes=1)
    minutes = int(match[1]) * 60 + int(match[2])
    if match[3]:
        minutes += offset - _offset_minutes(match[3])
    minutes = minutes % _DAY - minutes % _DAY % _interval(component)
    shape = component.source.get("timeSerializingFormat")
    if shape == "utc_normalized":
        return _clock((minutes - offset) % _DAY) + "Z"
    return _clock(minutes) + (f"{'-' if offset < 0 else '+'}{_clock(abs(offset))}" if shape == "utc_offset" else "")


def _offset_minutes(text: str) -> int:
    if text == "Z":
        return 0
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return -minutes if text[0] == "-" else minutes


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _datetime(component: Component, value: str, context: FormContext) -> str:
    """Stored as the author's ``timeSerializingFormat`` says; where it says nothing, with the offset of the zone."""
    try:
        if not _DATE.fullmatch(value[:10]) or value[10:11] != "T" or not _TIME.fullmatch(value[11:]):
            raise ValueError
        given = datetime.fromisoformat(value.replace("Z", "+00:00"))
        zone = context.zone
        local = given.replace(tzinfo=zone) if given.tzinfo is None else given.astimezone(zone)
        local = local.replace(second=0, microsecond=0)
        local -= timedelta(minutes=(local.hour * 60 + local.minute) % _interval(component))
        shape = component.source.get("timeSerializingFormat")
        if shape == "utc_normalized":
            return (local - (local.utcoffset() or timedelta())).strftime("%Y-%m-%dT%H:%MZ")
    except (ValueError, OverflowError):
        raise Refused("datetime") from None
    text = local.isoformat(timespec="minutes")
    return text[:16] if shape == "no_timezone" else text


def _interval(component: Component) -> int:
    minutes = component.source.get("timeInterval")
    return minutes if isinstance(minutes, int) and 1 <= minutes <= 720 else 1


_MOMENTS: dict[str, Callable[[Component, str, FormContext], str]] = {
    "date": _date,
    "time": _time,
    "datetime": _datetime,
}
_READERS: dict[str, Callable[[Component, Any, FormContext], Any]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _checkbox,
    "datetime": _moment,
    "filepicker": _files,
    **{kind: _many if kind in MANY_TYPES else _one for kind in CHOICE_TYPES},
}
