"""The author's rules for one answer: required, limits, patterns, options, files. All failures are reported together."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.errors import Language
from engine.forms.messages import message
from engine.forms.model import CHOICE_TYPES, Component, FormContext
from engine.forms.patterns import PATTERN_MAX_CHARACTERS, compiled_pattern
from engine.forms.places import Place
from engine.forms.settling import Settled
from engine.forms.typed import is_empty

_EMAIL_LOCAL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
_EMAIL_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_EMAIL_LOCAL}@{_EMAIL_LABEL}(?:\.{_EMAIL_LABEL}){{0,8}}")
# International numbers as form-js wants them, and the two ways numbers are written inside China.
_PHONE = re.compile(r"(?:\+|00)[1-9]\d{6,18}|1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?")

Failures = list[str]


def failures(component: Component, value: Any, settled: Settled, place: Place) -> Failures:
    """The messages about a value of the right type; empty if it is accepted."""
    language = settled.context.language
    if is_empty(value) or value is False:
        if not component.required:
            return []
        return [message("confirm" if component.type == "checkbox" else "required", language)]
    check = _CHECKS.get(component.type)
    return check(component, value, settled, place) if check else []


def _limit(name: str, component: Component, settled: Settled, place: Place) -> Decimal | None:
    """A limit, computed if it is an expression; None if absent or null. Raises InvalidOperation if not a number."""
    limit = settled.value_of(component.rules.get(name), place)
    if limit is None or limit == "":
        return None
    if isinstance(limit, (bool, list, dict)):
        raise InvalidOperation
    return Decimal(str(limit))


def _check_number(component: Component, value: Any, settled: Settled, place: Place) -> Failures:
    language, number, found = settled.context.language, Decimal(str(value)), []
    try:
        low, high = (_limit(name, component, settled, place) for name in ("min", "max"))
    except InvalidOperation:
        return [message("limit", language)]
    if low is not None and number < low:
        found.append(message("min", language, _plain(low)))
    if high is not None and number > high:
        found.append(message("max", language, _plain(high)))
    step = component.source.get("increment")
    if step and number % Decimal(str(step)):
        found.append(message("step", language, step))
    return found


def _check_text(component: Component, value: Any, settled: Settled, place: Place) -> Failures:
    language, rules, found = settled.context.language, component.rules, []
    try:
        low, high = (_limit(name, component, settled, place) for name in ("minLength", "maxLength"))
    except InvalidOperation:
        return [message("limit", language)]
    length = len(value.strip())
    if low is not None and length < low:
        found.append(message("min_length", language, _plain(low)))
    if high is not None and length > high:
        found.append(message("max_length", language, _plain(high)))
    if rules.get("pattern") and not _matches(str(rules["pattern"]), value):
        found.append(_pattern_message(component, language))
    if rules.get("validationType") == "email" and not _EMAIL.fullmatch(value):
        found.append(message("email", language))
    if rules.get("validationType") == "phone" and not _PHONE.fullmatch(value):
        found.append(message("phone", language))
    return found


def _matches(pattern: str, value: str) -> bool:
    return len(value) <= PATTERN_MAX_CHARACTERS and compiled_pattern(pattern).search(value) is not None


def _pattern_message(component: Component, language: Language) -> str:
    english = component.properties.get("en_patternErrorMessage") if language == "en" else None
    return str(english or component.rules.get("patternErrorMessage") or message("pattern", language))


def _check_choice(component: Component, value: Any, settled: Settled, place: Place) -> Failures:
    offered = [option["value"] for option in settled.options(component, place)]
    chosen = value if isinstance(value, list) else [value]
    if all(any(same_value(one, option) for option in offered) for one in chosen):
        return []
    return [message("option", settled.context.language)]


def _check_moment(component: Component, value: Any, settled: Settled, place: Place) -> Failures:
    context = settled.context
    if component.source.get("disallowPassedDates") is not True or component.subtype == "time":
        return []
    today = context.now.astimezone(context.zone).date()
    return [message("past", context.language)] if local_date(value, context) < today else []


def _check_files(component: Component, value: Any, settled: Settled, place: Place) -> Failures:
    context = settled.context
    if any(item not in context.files for item in value):
        return [message("file", context.language)]
    if len(value) > 1 and settled.value_of(component.source.get("multiple"), place) is not True:
        return [message("one_file", context.language)]
    accept = accepted_types(component, settled, place)
    if accept and not all(_is_accepted(context.files[item].name, accept, context, item) for item in value):
        return [message("file_type", context.language, ", ".join(accept))]
    return []


def accepted_types(component: Component, settled: Settled, place: Place) -> list[str]:
    """The ``accept`` list of a file field: extensions such as ``.pdf`` and types such as ``image/*``."""
    text = settled.value_of(component.source.get("accept"), place)
    return [part.strip().lower() for part in text.split(",") if part.strip()] if isinstance(text, str) else []


def _is_accepted(name: str, accept: list[str], context: FormContext, identity: str) -> bool:
    kind = context.files[identity].content_type.lower()
    for wanted in accept:
        if wanted.startswith("."):
            if name.lower().endswith(wanted):
                return True
        elif wanted == kind or (wanted.endswith("/*") and kind.startswith(wanted[:-1])):
            return True
    return False


def local_date(value: str, context: FormContext) -> date:
    """The day a stored date or date and time falls on for the person filling in."""
    if "T" not in value:
        return date.fromisoformat(value)
    moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return (moment.astimezone(context.zone) if moment.tzinfo else moment).date()


def same_value(one: Any, other: Any) -> bool:
    """JSON equality: ``1`` and ``true`` differ, ``1`` and ``1.0`` do not."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


_CHECKS: dict[str, Callable[[Component, Any, Settled, Place], Failures]] = {
    "number": _check_number,
    "textfield": _check_text,
    "textarea": _check_text,
    "datetime": _check_moment,
    "filepicker": _check_files,
    **dict.fromkeys(CHOICE_TYPES, _check_choice),
}
