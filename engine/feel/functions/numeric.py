"""Numeric functions (DMN 1.4, table 73)."""

from __future__ import annotations

from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from engine.feel import numbers
from engine.feel.functions.registry import builtin
from engine.feel.numbers import CONTEXT, Number
from engine.feel.values import TRANSCENDENTAL_STEPS, Runtime, YearsMonths

_SMALLEST_SCALE, _LARGEST_SCALE = -6111, 6176


def _round(value: Number, scale: Number | None, rounding: str) -> Number | None:
    number, places = numbers.to_decimal(value), int(scale or 0)
    if number is None or not _SMALLEST_SCALE <= places <= _LARGEST_SCALE:
        return None
    if number.as_tuple().exponent >= -places:  # type: ignore[operator]
        return value
    if number.adjusted() < -places - 1:
        # Smaller than a tenth of the last place kept: scaling cannot change the outcome but could underflow.
        number = Decimal((number.is_signed(), (1 if number else 0,), -places - 2))
    shifted = number.scaleb(places, CONTEXT).to_integral_value(rounding=rounding)
    return int(shifted) if places == 0 else shifted.scaleb(-places, CONTEXT)


@builtin("decimal", "n: number", "scale: number")
def decimal(value: Number, scale: Number) -> Number | None:
    """Rounded to ``scale`` places, a half to the even neighbour."""
    return _round(value, scale, ROUND_HALF_EVEN)


@builtin("floor", "n: number", "scale: number?")
def floor(value: Number, scale: Number | None) -> Number | None:
    """Rounded towards minus infinity."""
    return _round(value, scale, ROUND_FLOOR)


@builtin("ceiling", "n: number", "scale: number?")
def ceiling(value: Number, scale: Number | None) -> Number | None:
    """Rounded towards infinity."""
    return _round(value, scale, ROUND_CEILING)


@builtin("round up", "n: number", "scale: number?")
def round_up(value: Number, scale: Number | None) -> Number | None:
    """Rounded away from zero."""
    return _round(value, scale, ROUND_UP)


@builtin("round down", "n: number", "scale: number?")
def round_down(value: Number, scale: Number | None) -> Number | None:
    """Rounded towards zero."""
    return _round(value, scale, ROUND_DOWN)


@builtin("round half up", "n: number", "scale: number?")
def round_half_up(value: Number, scale: Number | None) -> Number | None:
    """Rounded to the nearest, a half away from zero."""
    return _round(value, scale, ROUND_HALF_UP)


@builtin("round half down", "n: number", "scale: number?")
def round_half_down(value: Number, scale: Number | None) -> Number | None:
    """Rounded to the nearest, a half towards zero."""
    return _round(value, scale, ROUND_HALF_DOWN)


@builtin("abs", "n: number|days|months")
def absolute(value: Any) -> Any:
    """Without its sign."""
    if type(value) is timedelta:
        return abs(value)
    if type(value) is YearsMonths:
        return YearsMonths(abs(value.months))
    return numbers.negate(value) if value < 0 else value


@builtin("modulo", "dividend: number", "divisor: number")
def modulo(dividend: Number, divisor: Number) -> Number | None:
    """The remainder, with the sign of the divisor; null for a division by zero."""
    if divisor == 0:
        return None
    if type(dividend) is int and type(divisor) is int:
        return dividend % divisor
    first, second = numbers.to_decimal(dividend), numbers.to_decimal(divisor)
    if first is None or second is None:
        return None
    remainder = CONTEXT.remainder(first, second)
    return CONTEXT.add(remainder, second) if remainder and (remainder < 0) != (second < 0) else remainder


@builtin("sqrt", "number: number")
def sqrt(runtime: Runtime, value: Number) -> Number | None:
    """The square root; null below zero."""
    runtime.tick(TRANSCENDENTAL_STEPS)
    number = numbers.to_decimal(value)
    return None if number is None or number < 0 else CONTEXT.sqrt(number)


@builtin("log", "number: number")
def log(runtime: Runtime, value: Number) -> Number | None:
    """The natural logarithm; null unless above zero."""
    runtime.tick(TRANSCENDENTAL_STEPS)
    number = numbers.to_decimal(value)
    return None if number is None or number <= 0 else CONTEXT.ln(number)


@builtin("exp", "number: number")
def exp(runtime: Runtime, value: Number) -> Number | None:
    """e to the power of the number."""
    runtime.tick(TRANSCENDENTAL_STEPS)
    number = numbers.to_decimal(value)
    return None if number is None else CONTEXT.exp(number)


@builtin("odd", "number: number")
def odd(value: Number) -> bool | None:
    """Whether it is odd; null for a number that is not whole."""
    whole = numbers.to_integer(value)
    return None if whole is None else whole % 2 == 1


@builtin("even", "number: number")
def even(value: Number) -> bool | None:
    """Whether it is even; null for a number that is not whole."""
    whole = numbers.to_integer(value)
    return None if whole is None else whole % 2 == 0
