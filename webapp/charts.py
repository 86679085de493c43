"""Small charts of an indicator over several periods, drawn as SVG by the server: no scripts, no styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.indicators.readings import Reading

TONES = {"met": "green", "warning": "orange", "missed": "red", "no_data": "grey", "no_source": "grey"}


@dataclass(frozen=True)
class Bar:
    """One bar in a box of ``BarChart.width`` by ``BarChart.height``."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    reading: Reading


@dataclass(frozen=True)
class BarChart:
    """Bars with the line of the target, or without where nobody set one."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    target_y: float | None


def bar_chart(readings: Sequence[Reading], *, width: int = 96, height: int = 28) -> BarChart:
    """The chart of some readings, oldest first; a period without data has no bar.

    The scale begins below the smallest figure, so that 95 % and 98 % look different.
    """
    values = [one.value for one in readings if one.value is not None]
    aim = None if readings[-1].target is None else readings[-1].target.target
    shown = [*values, *(() if aim is None else (aim,))]
    top, bottom = max(shown, default=1), min(shown, default=0)
    floor = max(0, bottom - max(top - bottom, top // 20, 1))
    scale = (height - 2) / max(top - floor, 1)
    step = width / len(readings)
    bars = tuple(
        Bar(
            round(index * step + step * 0.15, 1),
            round(height - max(2.0, (one.value - floor) * scale), 1),
            round(step * 0.7, 1),
            round(max(2.0, (one.value - floor) * scale), 1),
            TONES[one.status],
            one,
        )
        for index, one in enumerate(readings)
        if one.value is not None
    )
    return BarChart(
        width, height, bars, None if aim is None or not values else round(height - (aim - floor) * scale, 1)
    )
