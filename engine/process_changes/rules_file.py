"""The rules file of a change as data for an editor, and back: what did not change stays as its author wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import Connection

from engine.actors import Actor
from engine.definitions.model import rules_file
from engine.definitions.rules import CompletionRule, Rule, Rules, SeparationRule, read_rules
from engine.errors import Invalid
from engine.process_changes.changes import get
from engine.process_changes.files import files, save_file

SECTIONS = ("separation", "completion")
_BARS = ("completers_of", "people", "members_of")
_ORDER = ("key", "zh", "en", "tasks", "bars", "holds", "field")
_WIDTH = 10_000  # a sentence stays on its line


class RulesUnreadable(Invalid):
    """What was sent has not the shape of rules."""

    code = "rules_unreadable"
    zh = "规则的格式有误"
    en = "These are no rules"


@dataclass(frozen=True)
class RulesOfChange:
    """The rules of a change and the revision of their file (0: there is none)."""

    revision: int
    separation: list[dict[str, Any]]
    completion: list[dict[str, Any]]


def rules_of(connection: Connection, actor: Actor, change_id: int) -> RulesOfChange:
    """The rules as they stand. Raises ``DefinitionInvalid`` for a file that holds none."""
    change = get(connection, actor, change_id)
    name = rules_file(f"{change.process_key}.bpmn")
    found = files(connection, change_id).get(name)
    if found is None:
        return RulesOfChange(0, [], [])
    rules = read_rules(found.content, name)
    return RulesOfChange(found.revision, **as_data(rules))


def save_rules(
    connection: Connection,
    *,
    actor: Actor,
    change_id: int,
    rules: Mapping[str, Any],
    revision: int,
    now: datetime,
) -> RulesOfChange:
    """Write ``rules`` (separation and completion) over the ``revision`` their writer saw.

    Rules that did not change keep their text, comments included; if none changed, nothing is written. Raises
    ``RulesUnreadable``, ``DefinitionInvalid`` and what ``save_file`` raises.
    """
    name = rules_file(f"{get(connection, actor, change_id).process_key}.bpmn")
    found = files(connection, change_id).get(name)
    source = b"" if found is None else found.content
    content = rewritten(source, rules, name)
    known = read_rules(content, name)
    if content == source:
        return RulesOfChange(0 if found is None else found.revision, **as_data(known))
    revision = save_file(
        connection, actor=actor, change_id=change_id, name=name, content=content, revision=revision, now=now
    )
    return RulesOfChange(revision, **as_data(known))


def rewritten(source: bytes, rules: Mapping[str, Any], name: str) -> bytes:
    """``source`` with the rules given; the text of those that are the same is taken over as it is."""
    wanted = {section: _checked(rules.get(section) or []) for section in SECTIONS}
    before = as_data(read_rules(source, name))
    if wanted == before:
        return source
    head, texts = _texts(source.decode())
    parts = [head]
    for section in [*texts, *(one for one in SECTIONS if one not in texts)]:
        known = texts.get(section, _Section())
        if wanted[section]:
            parts.append(known.head or f"{section}:\n")
        for rule in wanted[section]:
            place = before[section].index(rule) if rule in before[section] else len(known.rules)
            parts.append(known.rules[place] if place < len(known.rules) else _dumped(rule))
    return "".join(parts).encode()


def as_data(rules: Rules) -> dict[str, list[dict[str, Any]]]:
    """Rules as JSON values, by section."""
    return {
        "separation": [_separation(one) for one in rules.separation],
        "completion": [_completion(one) for one in rules.completion],
    }


def _common(rule: Rule) -> dict[str, Any]:
    return {"key": rule.key, "zh": rule.zh, "en": rule.en, "tasks": list(rule.tasks)}


def _separation(rule: SeparationRule) -> dict[str, Any]:
    bars = {name: list(getattr(rule, name)) for name in _BARS if getattr(rule, name)}
    return {**_common(rule), "bars": bars}


def _completion(rule: CompletionRule) -> dict[str, Any]:
    return {**_common(rule), "holds": rule.holds, "field": rule.field}


def _checked(rules: object) -> list[dict[str, Any]]:
    """The rules as they were sent, with nothing in them but texts, lists of texts and the bars."""
    if not isinstance(rules, list):
        raise RulesUnreadable()
    return [_plain(rule) for rule in rules]


def _plain(rule: object) -> dict[str, Any]:
    if not isinstance(rule, dict):
        raise RulesUnreadable()
    bars = rule.get("bars", {})
    parts = {name: value for name, value in rule.items() if name != "bars"}
    if not isinstance(bars, dict) or not all(_is_text(one) for one in (*parts.values(), *bars.values())):
        raise RulesUnreadable()
    return dict(rule)


def _is_text(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


@dataclass(frozen=True)
class _Section:
    """The text of a section: its first line with the comments below it, and that of each of its rules."""

    head: str = ""
    rules: tuple[str, ...] = ()


def _texts(source: str) -> tuple[str, dict[str, _Section]]:
    """What stands before the sections, and the sections in the order of the file.

    A section that is written in brackets has no lines of its own for its rules: it is written anew.
    """
    document = yaml.compose(source, Loader=yaml.SafeLoader)
    lines = source.splitlines(keepends=True)
    if not isinstance(document, yaml.MappingNode) or not document.value:
        return source, {}
    if document.flow_style:
        return "", {}
    sections = document.value
    starts = [key.start_mark.line for key, _ in sections]
    texts: dict[str, _Section] = {}
    for (key, value), start, until in zip(sections, starts, [*starts[1:], len(lines)], strict=True):
        items = value.value if isinstance(value, yaml.SequenceNode) and not value.flow_style else []
        begins = [_line_of(lines, item) for item in items]
        rules = tuple(_ended("".join(lines[b:e])) for b, e in zip(begins, [*begins[1:], until], strict=False))
        texts[key.value] = _Section("".join(lines[start : begins[0]]) if begins else "", rules)
    return "".join(lines[: starts[0]]), texts


def _line_of(lines: Sequence[str], item: yaml.Node) -> int:
    """The line at which the dash of an item stands."""
    line: int = item.start_mark.line
    while not lines[line].lstrip().startswith("-"):
        line -= 1
    return line


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _dumped(rule: Mapping[str, Any]) -> str:
    """A rule as a person would write it: lists of names on one line, an only bar without a list."""
    names = sorted(rule, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    shown = {name: rule[name] for name in names if rule[name] not in ("", [])}
    if "bars" in shown:
        shown["bars"] = {
            name: value[0] if len(value) == 1 and value[0].startswith("=") else value
            for name, value in shown["bars"].items()
            if value
        }
    text: str = yaml.dump([shown], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return "".join(f"  {line}\n" for line in text.splitlines())


class _Dumper(yaml.SafeDumper):
    """Writes lists of names on one line."""


_Dumper.add_representer(
    list, lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=_is_text(value))
)
