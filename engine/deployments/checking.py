"""What is to be published is read and checked together with what already is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson
from sqlalchemy import Connection, select

from engine import calendars
from engine.decisions import Decision, DecisionSourceInvalid, check_decisions, read_decisions
from engine.definitions.compiling import CompiledProcess, compile_process
from engine.definitions.lint import LintContext, lint
from engine.definitions.model import WAITING_TASKS, ProcessModel, read_process, rules_file
from engine.definitions.problems import DefinitionInvalid, Problem, problem
from engine.definitions.rules import check_rules
from engine.deployments import staffing
from engine.deployments.sources import Sources
from engine.deployments.versions import latest_keys
from engine.forms import Form, check_form, parse_form
from engine.runtime.step import Runtime
from engine.store.tables import (
    decision_definition,
    form_definition,
    group,
    membership,
    process_definition,
    user,
)

_TERM_KINDS_ZH = {"date": "日期时间", "duration": "时长", "cycle": "循环", "cron": "cron"}


def check(connection: Connection, runtime: Runtime, sources: Sources) -> tuple[Problem, ...]:
    """Every finding on ``sources``, errors and warnings, without publishing anything."""
    return Checked(connection, runtime, sources).problems


def compiled(connection: Connection, runtime: Runtime, sources: Sources, key: str) -> CompiledProcess:
    """A process of ``sources`` as it would run. Raises ``DefinitionInvalid`` with every finding on the sources."""
    checked = Checked(connection, runtime, sources)
    if any(found.level == "error" for found in checked.problems):
        raise DefinitionInvalid(checked.problems)
    return checked.compiled(key)


class Checked:
    """Sources, read and linted together with what is already published.

    ``forms``, ``decisions`` and ``models`` hold what was read, by key, with the file it came from; ``paths`` the walks
    of each process.
    """

    def __init__(self, connection: Connection, runtime: Runtime, sources: Sources) -> None:
        self.connection, self.runtime = connection, runtime
        self.forms: dict[str, tuple[Form, bytes]] = {}
        self.decisions: dict[str, tuple[Decision, bytes]] = {}
        self.models: dict[str, tuple[ProcessModel, bytes]] = {}
        self.paths: dict[str, bytes] = {}
        self._functions = frozenset(runtime.host_functions(connection))
        self._decision_files: dict[str, str] = {}
        self._rules = sources.rules
        found: list[Problem] = []
        for path, source in sources.forms.items():
            found += self._read_form(path, source)
        for path, source in sources.decisions.items():
            found += self._read_decisions(path, source)
        for path, source in sources.processes.items():
            found += self._read_process(path, source)
        for path, source in sources.paths.items():
            found += self._read_paths(path, source)
        beside = {rules_file(path) for path in sources.processes}
        found += [
            problem("rule_process_missing", path, key=Path(path).name.removesuffix(".rules.yaml"))
            for path in sources.rules
            if path not in beside
        ]
        context = self._context()
        for model, _ in self.models.values():
            found += lint(model, context)
            found += self._check_rules(model)
        if not any(f.level == "error" for f in found):
            found += self._compile()
        self.problems = tuple(found)

    def _read_form(self, path: str, source: bytes) -> list[Problem]:
        try:
            form = parse_form(source, file=path)
        except Exception as error:
            return [_form_problem(path, error)]
        self.forms[form.key] = form, source
        return [
            Problem(f.code, path, f.component, f.zh, f.en, "warning" if f.level == "warning" else "error")
            for f in check_form(form, self._functions)
        ]

    def _read_decisions(self, path: str, source: bytes) -> list[Problem]:
        try:
            model = read_decisions(source, path)
        except DecisionSourceInvalid as error:
            said = error.details["problems"]
            return [Problem("decision_invalid", path, one["element"], one["zh"], one["en"]) for one in said]
        found: list[Problem] = []
        for key, decision in model.decisions.items():
            other = self._decision_files.setdefault(key, path)
            if other != path:
                found.append(problem("decision_duplicate", path, key, decision=key, other=other))
            self.decisions[key] = decision, source
        checked = check_decisions(model, self._functions)
        return [*found, *(Problem(f.code, path, f.element, f.zh, f.en, f.level) for f in checked)]

    def _read_process(self, path: str, source: bytes) -> list[Problem]:
        try:
            model = read_process(source, path, self._rules.get(rules_file(path)))
        except DefinitionInvalid as error:
            return list(error.problems)
        self.models[model.key] = model, source
        if Path(path).stem != model.key:
            return [problem("key_mismatch", path, model.key, name=Path(path).name, key=model.key)]
        return []

    def _read_paths(self, path: str, source: bytes) -> list[Problem]:
        """Walks are no part of what runs: it is enough that the processes they name are there."""
        key = Path(path).name.removesuffix(".paths.json")
        try:
            content = orjson.loads(source)
            # A process that is only called is walked through the one that calls it.
            begun, walks = str(content["process"]), content["paths"]
            named = all(isinstance(one, dict) and one.get("zh") and one.get("en") for one in walks)
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return [problem("paths_invalid", path)]
        if not named:
            return [problem("paths_invalid", path)]
        for one in (key, begun):
            if one not in self.models and one not in latest_keys(self.connection, process_definition):
                return [problem("paths_process_missing", path, key=one)]
        self.paths[key] = source
        return []

    def _check_rules(self, model: ProcessModel) -> Iterator[Problem]:
        tasks = [one.id for one in model.elements.values() if one.type in WAITING_TASKS]
        starts = [one.id for one in model.start_events()]
        yield from check_rules(model.rules, rules_file(model.file), tasks, starts, self._functions)
        if model.rules.separation:
            yield from staffing.check(self.connection, model, rules_file(model.file))

    def _context(self) -> LintContext:
        connection = self.connection
        active = (
            select(membership.c.group_id)
            .join(user, user.c.id == membership.c.user_id)
            .where(user.c.is_active)
            .group_by(membership.c.group_id)
        )
        staffed = set(connection.execute(active).scalars())
        groups = connection.execute(select(group.c.id, group.c.key))
        return LintContext(
            forms={*self.forms, *latest_keys(connection, form_definition)},
            groups={row.key: row.id in staffed for row in groups},
            users=set(connection.execute(select(user.c.login).where(user.c.is_active)).scalars()),
            topics={name: (t.required, t.optional) for name, t in self.runtime.handlers.topics.items()},
            processes={*self.models, *latest_keys(connection, process_definition)},
            check_term=_check_term,
            functions=self._functions,
            decisions={*self.decisions, *latest_keys(connection, decision_definition)},
        )

    def compiled(self, key: str) -> CompiledProcess:
        """One of the processes, compiled with all it calls. Raises ``DefinitionInvalid``."""
        known = {other: model for other, (model, _) in self.models.items()}
        return compile_process(known[key], _called_models(self.connection, key, known))

    def _compile(self) -> list[Problem]:
        """Let the engine itself read every process with all it calls."""
        found: list[Problem] = []
        for key in self.models:
            try:
                self.compiled(key)
            except DefinitionInvalid as error:
                found += error.problems
        return found


def _check_term(kind: str, term: str) -> tuple[str, str] | None:
    """What is wrong with a literal timer term, in both languages, or None."""
    try:
        found = calendars.parse_term(term)
    except calendars.TermInvalid as error:
        return str(error.details["reason_zh"]), str(error.details["reason"])
    if found.kind != kind:
        return f"此处须为{_TERM_KINDS_ZH[kind]}", f"a {kind} is needed here"
    return None


def _form_problem(path: str, error: Exception) -> Problem:
    zh, en = (error.message("zh"), error.message("en")) if hasattr(error, "message") else (str(error), str(error))
    return problem("form_invalid", path, form=Path(path).stem, reason_zh=zh, reason_en=en)


def _called_models(connection: Connection, key: str, known: Mapping[str, ProcessModel]) -> dict[str, ProcessModel]:
    """All models reachable by calls from ``key``; raises ``DefinitionInvalid`` where they go round in a circle."""
    called: dict[str, ProcessModel] = {}

    def visit(caller: ProcessModel, path: tuple[str, ...]) -> None:
        for name in caller.called_keys:
            if name in path:
                circle = " → ".join((*path, name))
                raise DefinitionInvalid([problem("called_recursive", caller.file, caller.key, path=circle)])
            if name not in called:
                called[name] = known.get(name) or _stored_model(connection, name)
            visit(called[name], (*path, name))

    visit(known[key], (key,))
    return called


def _stored_model(connection: Connection, key: str) -> ProcessModel:
    columns = process_definition.c
    row = connection.execute(select(columns.xml, columns.rules).where(columns.key == key, columns.is_latest)).one()
    return read_process(row.xml, f"{key}.bpmn", row.rules)
