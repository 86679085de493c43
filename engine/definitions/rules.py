"""The rules beside a diagram: who may not do what (separation of duties), and what must hold before a task is done.

An owner keeps them in ``processes/<area>/<key>.rules.yaml``; they are published with the diagram and belong to its
version. Texts and conditions are FEEL where they start with ``=``; what a rule says to people stands there in both
languages.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from engine.definitions.dialect import expression_in
from engine.definitions.problems import DefinitionInvalid, Problem, problem
from engine.errors import Language
from engine.feel import FeelSyntaxError, compile_expression, known_functions

LIMIT_BYTES = 100_000
# From a text of the rules file (literal, or ``=`` and an expression) to its JSON value.
Resolve = Callable[[str], Any]


@dataclass(frozen=True)
class Rule:
    """What both kinds of rules have: a key, what they tell people, and the tasks they are about."""

    key: str
    zh: str
    en: str
    tasks: tuple[str, ...]

    def text(self, language: Language) -> str:
        """What the rule says to a reader of ``language``: a text, or ``=FEEL``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class SeparationRule(Rule):
    """Who may not do the tasks: those who completed others in this case, certain people, the members of groups."""

    completers_of: tuple[str, ...] = ()
    people: tuple[str, ...] = ()  # logins, or =FEEL for one or a list of them
    members_of: tuple[str, ...] = ()  # group keys, or =FEEL


@dataclass(frozen=True)
class CompletionRule(Rule):
    """What must be true of the case's data with the answers on top, before one of the tasks may be completed."""

    holds: str = ""
    field: str = ""  # the form field that shows the message


@dataclass(frozen=True)
class Rules:
    """All rules of one process."""

    separation: tuple[SeparationRule, ...] = ()
    completion: tuple[CompletionRule, ...] = ()
    source: bytes = field(default=b"", repr=False)

    def separating(self, element_id: str) -> list[SeparationRule]:
        """The rules that bar people from a task."""
        return [rule for rule in self.separation if element_id in rule.tasks]

    def completing(self, element_id: str) -> list[CompletionRule]:
        """The rules that must hold when a task (or the start event) is completed."""
        return [rule for rule in self.completion if element_id in rule.tasks]

    def watches_completers_of(self, element_id: str) -> bool:
        """Whether it matters to another task who completes this one."""
        return any(element_id in rule.completers_of for rule in self.separation)


NO_RULES = Rules()


def read_rules(source: bytes, file: str) -> Rules:
    """The rules of one file. Raises ``DefinitionInvalid`` naming what is wrong with it."""
    if len(source) > LIMIT_BYTES:
        raise _invalid(file, "", "文件过大", "the file is too large")
    try:
        content = yaml.safe_load(source.decode("utf-8")) or {}
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise _invalid(file, "", f"不是 YAML：{error}", f"this is no YAML: {error}") from None
    if not isinstance(content, dict) or not content.keys() <= {"separation", "completion"}:
        raise _invalid(file, "", "只能有 separation 和 completion", "only separation and completion may stand here")
    return Rules(
        separation=tuple(_separation(file, given) for given in _listed(file, content, "separation")),
        completion=tuple(_completion(file, given) for given in _listed(file, content, "completion")),
        source=source,
    )


def check_rules(
    rules: Rules,
    file: str,
    tasks: Collection[str],
    starts: Collection[str],
    functions: Collection[str],
) -> Iterator[Problem]:
    """What is wrong between rules and diagram: tasks it does not have, expressions that do not compile.

    ``tasks`` are the user tasks' ids, ``starts`` the start events'; ``functions`` the host's FEEL functions.
    """
    seen: set[str] = set()
    for rule in (*rules.separation, *rules.completion):
        if rule.key in seen:
            yield _problem(file, rule.key, "名称重复", "the key is used twice")
        seen.add(rule.key)
        known = {*tasks, *starts} if isinstance(rule, CompletionRule) else set(tasks)
        others = rule.completers_of if isinstance(rule, SeparationRule) else ()
        for missing in sorted({*rule.tasks, *others} - known):
            yield _problem(file, rule.key, f"图中没有用户任务“{missing}”", f"the diagram has no user task “{missing}”")
        yield from _check_expressions(rule, file, functions)


def _check_expressions(rule: Rule, file: str, functions: Collection[str]) -> Iterator[Problem]:
    texts = [rule.zh, rule.en]
    if isinstance(rule, SeparationRule):
        texts += [*rule.people, *rule.members_of]
    elif isinstance(rule, CompletionRule):
        texts.append(rule.holds)
    for text in texts:
        expression = expression_in(text)
        if expression is None:
            continue
        try:
            unknown = compile_expression(expression).functions - known_functions() - set(functions)
        except FeelSyntaxError as error:
            yield _problem(file, rule.key, error.message("zh"), error.message("en"))
            continue
        for name in sorted(unknown):
            yield _problem(file, rule.key, f"未知函数“{name}”", f"unknown function “{name}”")


def _separation(file: str, given: Mapping[str, Any]) -> SeparationRule:
    common = _common(file, given, {"bars"})
    bars = given.get("bars")
    known = {"completers_of", "people", "members_of"}
    if not isinstance(bars, dict) or not bars or not bars.keys() <= known:
        raise _invalid(
            file,
            common["key"],
            "bars 须说明禁止谁：completers_of、people 或 members_of",
            "bars must say who is barred: completers_of, people or members_of",
        )
    barred = {name: _texts(file, common["key"], bars[name]) if name in bars else () for name in known}
    return SeparationRule(
        **common,
        completers_of=barred["completers_of"],
        people=barred["people"],
        members_of=barred["members_of"],
    )


def _completion(file: str, given: Mapping[str, Any]) -> CompletionRule:
    common = _common(file, given, {"holds", "field"})
    holds = str(given.get("holds") or "")
    if expression_in(holds) is None:
        raise _invalid(
            file, common["key"], "holds 须为以 = 开头的表达式", "holds must be an expression, starting with ="
        )
    return CompletionRule(**common, holds=holds, field=str(given.get("field") or ""))


def _common(file: str, given: Mapping[str, Any], others: set[str]) -> dict[str, Any]:
    key = str(given.get("key") or "")
    unknown = given.keys() - {"key", "zh", "en", "tasks", *others}
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        raise _invalid(file, key, f"未知的项：{names}", f"unknown entries: {names}")
    values = {"key": key, "zh": str(given.get("zh") or ""), "en": str(given.get("en") or "")}
    missing = [name for name, value in values.items() if not value.strip()]
    tasks = _texts(file, key, given.get("tasks") or [])
    if missing or not tasks:
        names = ", ".join(missing or ["tasks"])
        raise _invalid(file, key, f"缺少：{names}", f"missing: {names}")
    return {**values, "tasks": tasks}


def _listed(file: str, content: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    given = content.get(name) or []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise _invalid(file, name, f"{name} 须为规则列表", f"{name} must be a list of rules")
    return given


def _texts(file: str, key: str, value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, str) and part.strip() for part in parts):
        raise _invalid(file, key, "须为文字或文字列表", "texts are needed here")
    return tuple(part.strip() for part in parts)


def _invalid(file: str, key: str, zh: str, en: str) -> DefinitionInvalid:
    return DefinitionInvalid([_problem(file, key, zh, en)])


def _problem(file: str, key: str, zh: str, en: str) -> Problem:
    return problem("rule_invalid", file, key, rule=key or file, reason_zh=zh, reason_en=en)
