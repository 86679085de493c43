"""The shape of a diagram: starts, ends, flows, gateways, and how far it would unfold."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.model import Element, ProcessModel
from engine.definitions.problems import Problem, problem

LIMIT_NODES = 400
LIMIT_PREDICTED = 5_000
_CONDITIONAL = frozenset({"exclusiveGateway", "inclusiveGateway"})
_MANY_OUT = _CONDITIONAL | {"parallelGateway"}


def check(model: ProcessModel) -> Iterator[Problem]:
    """Every finding on the shape of one process."""
    if len(model.elements) > LIMIT_NODES:
        yield problem("too_large_path", model.file, model.key, limit=LIMIT_NODES)
        return
    scopes = [model.key, *(e.id for e in model.elements.values() if e.type == "subProcess")]
    for scope in scopes:
        yield from _check_scope(model, scope)
    yield from _check_flows(model)
    for element in model.elements.values():
        yield from _check_outgoing(model, element)
    yield from _check_prediction(model)


def _check_scope(model: ProcessModel, scope: str) -> Iterator[Problem]:
    inside = [e for e in model.elements.values() if e.scope == scope]
    starts = model.start_events(scope)
    if not starts:
        yield problem("start_missing", model.file, scope)
        return
    if sum(not start.event for start in starts) > 1:
        yield problem("start_many_plain", model.file, starts[1].id)
    if not any(e.type == "endEvent" for e in inside):
        yield problem("end_missing", model.file, scope)
    reached = _reached(model, inside, starts)
    for element in inside:
        if element.id not in reached:
            yield problem("unreachable", model.file, element.id, name=element.name("zh"))
        elif element.type != "endEvent" and not model.outgoing(element.id):
            yield problem("dead_end", model.file, element.id, name=element.name("zh"))


def _reached(model: ProcessModel, inside: list[Element], starts: list[Element]) -> set[str]:
    attached = {e.attached_to: [] for e in inside if e.attached_to}  # type: dict[str, list[str]]
    for element in inside:
        if element.attached_to:
            attached[element.attached_to].append(element.id)
    reached: set[str] = set()
    todo = [start.id for start in starts]
    while todo:
        identifier = todo.pop()
        if identifier not in reached:
            reached.add(identifier)
            todo += [flow.target for flow in model.outgoing(identifier)]
            todo += attached.get(identifier, [])
    return reached


def _check_flows(model: ProcessModel) -> Iterator[Problem]:
    for flow in model.flows.values():
        source, target = model.elements.get(flow.source), model.elements.get(flow.target)
        if source is None or target is None:
            yield problem("flow_broken", model.file, flow.id)
        elif flow.condition and source.type not in _CONDITIONAL:
            yield problem("condition_misplaced", model.file, flow.id)


def _check_outgoing(model: ProcessModel, element: Element) -> Iterator[Problem]:
    outgoing = model.outgoing(element.id)
    name = element.name("zh")
    if element.type not in _MANY_OUT:
        if len(outgoing) > 1:
            yield problem("many_outgoing", model.file, element.id, name=name)
        return
    if len(outgoing) == 1 and len(model.incoming(element.id)) == 1:
        yield problem("gateway_single", model.file, element.id, level="warning", name=name)
    if element.type in _CONDITIONAL and len(outgoing) > 1:
        if element.default_flow not in {flow.id for flow in outgoing}:
            yield problem("gateway_default_missing", model.file, element.id, name=name)
        for flow in outgoing:
            if flow.id != element.default_flow and not flow.condition:
                yield problem("gateway_condition_missing", model.file, flow.id, name=name)


def _check_prediction(model: ProcessModel) -> Iterator[Problem]:
    """Count the tasks a full prediction would create: forks in sequence multiply, decisions are not looked behind."""
    counted: dict[str, int] = {}

    def count(identifier: str, path: frozenset[str]) -> int:
        if identifier in counted:
            return counted[identifier]
        element = model.elements.get(identifier)
        if element is None or identifier in path:
            return 1
        onward = [flow.target for flow in model.outgoing(identifier)]
        if element.type == "exclusiveGateway":
            total = 1 + len(onward)
        else:
            total = 1 + sum(count(target, path | {identifier}) for target in onward)
        counted[identifier] = min(total, LIMIT_PREDICTED + 1)
        return counted[identifier]

    for start in model.start_events():
        if count(start.id, frozenset()) > LIMIT_PREDICTED:
            yield problem("prediction_explodes", model.file, start.id, tasks=LIMIT_PREDICTED)
            return
