"""What each indicator is: its name, formula in words, unit, period, direction and first target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.errors import Language, NotFound
from engine.periods import Cadence
from engine.yaml_files import read_yaml

Unit = Literal["percent", "permille", "hours"]
# How many hundredths of the unit one whole ratio is; times are summed in seconds.
_HUNDREDTHS: Mapping[Unit, tuple[int, int]] = {"percent": (10_000, 1), "permille": (100_000, 1), "hours": (100, 3600)}
_SIGNS: Mapping[Unit, Mapping[Language, str]] = {
    "percent": {"zh": "%", "en": "%"},
    "permille": {"zh": "‰", "en": "‰"},
    "hours": {"zh": "小时", "en": "h"},
}


class IndicatorUnknown(NotFound):
    """No such indicator."""

    code = "indicator_unknown"
    zh = "没有指标“{key}”"
    en = "There is no indicator “{key}”"


@dataclass(frozen=True)
class Indicator:
    """One indicator. ``target`` and ``warning`` are the first ones, in hundredths of the unit.

    ``better`` says whether more or less is better. ``no_source_…`` says why nothing can be computed, if so.
    """

    key: str
    zh: str
    en: str
    topic: str
    unit: Unit
    cadence: Cadence
    better: Literal["up", "down"]
    target: int
    warning: int
    formula_zh: str
    formula_en: str
    no_source_zh: str = ""
    no_source_en: str = ""

    def name(self, language: Language) -> str:
        """What it is called for a reader of ``language``."""
        return self.zh if language == "zh" else self.en

    def formula(self, language: Language) -> str:
        """How it is computed, in words."""
        return self.formula_zh if language == "zh" else self.formula_en

    def no_source(self, language: Language) -> str:
        """Why there is nothing to compute it from, or an empty text."""
        return self.no_source_zh if language == "zh" else self.no_source_en

    def sign(self, language: Language) -> str:
        """Its unit as written after a figure."""
        return _SIGNS[self.unit][language]

    def value(self, numerator: int, denominator: int) -> int | None:
        """The figure in hundredths of the unit, half rounded up; None where there is nothing to divide by."""
        if denominator == 0:
            return None
        times, divisor = _HUNDREDTHS[self.unit]
        divisor *= denominator
        return (2 * numerator * times + divisor) // (2 * divisor)


TOPICS: Mapping[str, tuple[str, str]] = {
    "service": ("服务级别", "Service levels"),
    "callback": ("回访", "Callbacks"),
    "satisfaction": ("满意度", "Satisfaction"),
    "complaint": ("投诉", "Complaints"),
    "spare_parts": ("备件", "Spare parts"),
    "report": ("报告与会议", "Reports and meetings"),
    "quality": ("改进与质量体系", "Improvement and quality system"),
}
_FILE = Path(__file__).with_suffix(".yaml")
INDICATORS: Mapping[str, Indicator] = {given["key"]: Indicator(**given) for given in read_yaml(_FILE)}


def written(hundredths: int) -> str:
    """Hundredths as people write them: 42.53, 95, 3.5."""
    return f"{hundredths // 100}.{hundredths % 100:02}".rstrip("0").rstrip(".")


def indicator_of(key: str) -> Indicator:
    """The indicator of this key. Raises ``IndicatorUnknown``."""
    if key not in INDICATORS:
        raise IndicatorUnknown(key=key)
    return INDICATORS[key]
