"""Can a running case go on under another version of its process? Safe, needs a mapping, or refused because …"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.definitions.compiling import CompiledProcess
from engine.definitions.model import Element, ProcessModel
from engine.runtime.migration import spec_name, waiting_rows

SAFE, NEEDS_MAPPING, REFUSED = "safe", "needs_mapping", "refused"

_REASONS = {
    "gone": (
        "“{name}”在新版本中不存在，请指定对应的步骤",
        "“{name}” is not in the new version; say what stands for it",
    ),
    "kind": ("“{name}”在新版本中是另一种步骤", "“{name}” is another kind of step in the new version"),
    "place": ("“{name}”在新版本中移到了另一个子流程", "“{name}” lies in another subprocess in the new version"),
    "called": ("“{name}”在新版本中调用另一个流程", "“{name}” calls another process in the new version"),
    "branches": (
        "案件有并行的分支，而“{name}”处的汇合在新版本中变了",
        "The case has branches side by side, and their joining at “{name}” changed in the new version",
    ),
    "scope": (
        "案件所在的子流程“{name}”在新版本中不存在",
        "The subprocess “{name}” the case is in is not in the new version",
    ),
    "state": ("案件的状态无法放入新版本：{name}", "The state of the case does not fit the new version: {name}"),
}


@dataclass(frozen=True)
class Reason:
    """Why a case cannot simply go on; ``element_id`` is that of the version it runs on."""

    code: str
    element_id: str
    zh: str
    en: str


@dataclass(frozen=True)
class Verdict:
    """What would become of a case: ``gone`` are the elements that a mapping has to name a counterpart for."""

    kind: str
    reasons: tuple[Reason, ...] = ()
    gone: tuple[Element, ...] = ()


def reason(code: str, element_id: str, name_zh: str, name_en: str = "") -> Reason:
    """A reason with its sentences."""
    zh, en = _REASONS[code]
    return Reason(code, element_id, zh.format(name=name_zh), en.format(name=name_en or name_zh))


def verdict(state: bytes, old: CompiledProcess, new: CompiledProcess, mapping: Mapping[str, str]) -> Verdict:
    """Look at everything that waits in a state and at what it becomes under ``mapping``."""
    gone: dict[str, Element] = {}
    found: list[Reason] = []
    for scope, element, model in standing(state, old):
        counterpart = mapping.get(element.id, element.id)
        target_scope = mapping.get(scope, scope)
        other = new.models.get(target_scope or new.model.key)
        if other is None:
            found.append(reason("scope", scope, scope))
            continue
        after = other.elements.get(counterpart)
        if after is None:
            if element.type != "boundaryEvent":
                gone[element.id] = element
            continue
        found += _differences(element, after, model, other, mapping)
    found += _tokens(state, old, new, mapping)
    distinct = tuple(dict.fromkeys(found))
    if distinct:
        return Verdict(REFUSED, distinct, tuple(gone.values()))
    if gone:
        named = tuple(reason("gone", one.id, one.name("zh"), one.name("en")) for one in gone.values())
        return Verdict(NEEDS_MAPPING, named, tuple(gone.values()))
    return Verdict(SAFE)


def standing(state: bytes, compiled: CompiledProcess) -> Iterator[tuple[str, Element, ProcessModel]]:
    """Everything that waits: its scope (empty: the process), its element, and the model that lies in."""
    for scope, row, _ in waiting_rows(state):
        name = scope or compiled.model.key
        element = compiled.element(name, row[1])
        if element is not None:
            yield scope, element, compiled.models[name]


def suggestions(element: Element, old: CompiledProcess, new: CompiledProcess) -> list[Element]:
    """What may stand for an element that is gone, likeliest first: new elements of its kind, by name and form."""
    known = {one.id for model in old.models.values() for one in model.elements.values()}
    fitting = [one for model in new.models.values() for one in model.elements.values() if _same_kind(element, one)]

    def likeness(one: Element) -> tuple[bool, bool, bool]:
        return (
            one.name_zh == element.name_zh,
            bool(one.form_key) and one.form_key == element.form_key,
            one.id not in known,
        )

    return sorted({one.id: one for one in fitting}.values(), key=likeness, reverse=True)


def _same_kind(before: Element, after: Element) -> bool:
    return (before.type, before.is_multiple, before.is_sequential, before.event) == (
        after.type,
        after.is_multiple,
        after.is_sequential,
        after.event,
    )


def _differences(
    before: Element, after: Element, old: ProcessModel, new: ProcessModel, mapping: Mapping[str, str]
) -> Iterator[Reason]:
    """What stands in the way of going on at ``after`` instead of ``before``."""
    names = before.id, before.name("zh"), before.name("en")
    # What a multi-instance task has gathered lies under its own id.
    if not _same_kind(before, after) or (before.is_multiple and before.id != after.id):
        yield reason("kind", *names)
        return
    expected = new.key if before.scope == old.key else mapping.get(before.scope, before.scope)
    if after.scope != expected:
        yield reason("place", *names)
    if before.called != after.called:
        yield reason("called", *names)
    joins, others = _pending_joins(old, before), _pending_joins(new, after)
    if {mapping.get(one, one): width for one, width in joins.items()} != others:
        first = next(iter({**joins, **others}))
        holder = old.elements.get(first) or new.elements[first]
        yield reason("branches", holder.id, holder.name("zh"), holder.name("en"))


def _pending_joins(model: ProcessModel, element: Element) -> dict[str, int]:
    """The parallel joins that a token here goes to without another fork before them, with their numbers of ways in."""
    found: dict[str, int] = {}
    seen, todo = set(), [element.id]
    while todo:
        current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        node = model.elements[current]
        is_gateway = node.type in ("parallelGateway", "inclusiveGateway")
        if node.type == "parallelGateway" and len(model.incoming(current)) > 1 and current != element.id:
            found[current] = len(model.incoming(current))
        if is_gateway and len(model.outgoing(current)) > 1 and current not in found:
            continue
        todo += [flow.target for flow in model.outgoing(current) if flow.target in model.elements]
    return found


def _tokens(state: bytes, old: CompiledProcess, new: CompiledProcess, mapping: Mapping[str, str]) -> Iterator[Reason]:
    """A token that waits at a join has come by a way that the join must still have."""
    for scope, row, rows in waiting_rows(state):
        name = scope or old.model.key
        element = old.element(name, row[1])
        if element is None or element.type not in ("parallelGateway", "inclusiveGateway"):
            continue
        model = new.models.get(mapping.get(scope, scope) or new.model.key)
        counterpart = mapping.get(element.id, element.id)
        if model is None or counterpart not in model.elements:
            continue
        sources = {flow.source for flow in model.incoming(counterpart)}
        arrived = [one for one in rows if one[1] == row[1]]
        parents = {spec_name(rows[one[3]][1], mapping) for one in arrived if one[3] >= 0}
        plain = {one.removesuffix(".BoundaryEventJoin") for one in parents}
        if not plain <= sources or len(model.incoming(counterpart)) != len(old.models[name].incoming(element.id)):
            yield reason("branches", element.id, element.name("zh"), element.name("en"))
