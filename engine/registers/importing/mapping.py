"""What the columns of a ticket system mean: one YAML file per source in ``engine/registers/mappings``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.errors import Language, NotFound
from engine.yaml_files import read_yaml

MAPPINGS = Path(__file__).parent.parent / "mappings"
REQUIRED = ("number", "state", "modification_count", "opened_at", "resolved_at")
STATES = frozenset({"open", "resolved", "closed", "cancelled"})


class MappingUnknown(NotFound):
    """No mapping for this source."""

    code = "mapping_unknown"
    zh = "没有来源“{source}”的字段对照"
    en = "There is no mapping for the source “{source}”"


@dataclass(frozen=True)
class Mapping:
    """How to read the exports of one source.

    ``columns`` maps a field of the register to the columns it may come from, in order of preference; ``states`` the
    source's states to ours; ``waiting`` are its states in which the customer is waited for, ``unanswered`` those in
    which nobody has taken an incident up yet; ``empty`` holds the texts that mean "nothing"; ``zone`` is that of its
    moments, None for the organisation's.
    """

    source: str
    name_zh: str
    name_en: str
    columns: dict[str, tuple[str, ...]]
    empty: frozenset[str]
    date_formats: tuple[str, ...]
    states: dict[str, str]
    waiting: frozenset[str] = frozenset()
    unanswered: frozenset[str] = frozenset()
    zone: ZoneInfo | None = None

    def name(self, language: Language) -> str:
        """The source's name for a reader of ``language``."""
        return self.name_zh if language == "zh" else self.name_en


@cache
def load_mapping(source: str) -> Mapping:
    """The mapping of ``source``. Raises ``MappingUnknown``."""
    if source not in sources():
        raise MappingUnknown(source=source)
    data = read_yaml(MAPPINGS / f"{source}.yaml")
    states = {str(name): state for name, state in data["states"].items()}
    unknown = set(states.values()) - STATES
    missing = [field for field in REQUIRED if field not in data["columns"]]
    if unknown or missing:
        raise ValueError(f"mapping {source}: states {sorted(unknown)}, columns {missing}")
    return Mapping(
        source=source,
        name_zh=data["name"]["zh"],
        name_en=data["name"]["en"],
        columns={field: _listed(columns) for field, columns in data["columns"].items()},
        empty=frozenset(str(text) for text in data.get("empty", [""])),
        date_formats=tuple(data["date_formats"]),
        states=states,
        waiting=frozenset(map(str, data.get("waiting", ()))),
        unanswered=frozenset(map(str, data.get("unanswered", ()))),
        zone=ZoneInfo(data["zone"]) if data.get("zone") else None,
    )


def sources() -> list[str]:
    """The sources there is a mapping for."""
    return sorted(path.stem for path in MAPPINGS.glob("*.yaml"))


def _listed(columns: str | list[str]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else tuple(columns)
