"""Parts of BPMN that are refused because they would not run, or not run as drawn."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.definitions.model import FLOW_NODES, ProcessModel, executable_processes
from engine.definitions.problems import Problem, problem
from engine.definitions.xml import BPMN, CAMUNDA

_NOT_YET_ZH, _NOT_YET_EN = "引擎尚不能执行", "the engine does not run it yet"
_TYPES: dict[str, tuple[str, str]] = {
    "eventBasedGateway": (
        "几个定时器会共用同一个期限；请用边界事件代替",
        "its timers would share one due date; use boundary events instead",
    ),
    "complexGateway": (_NOT_YET_ZH, _NOT_YET_EN),
    "adHocSubProcess": ("次序和结束条件会被忽略", "its ordering and completion condition would be ignored"),
    "transaction": ("取消与补偿不会执行", "cancellation and compensation would not happen"),
    "sendTask": ("请用消息抛出事件", "use a throwing message event"),
    "receiveTask": ("请用消息捕获事件", "use a catching message event"),
}
_EVENTS: dict[str, frozenset[str]] = {
    "startEvent": frozenset({"", "timer", "message"}),
    "endEvent": frozenset({"", "terminate", "message", "error", "escalation"}),
    "intermediateCatchEvent": frozenset({"timer", "message"}),
    "intermediateThrowEvent": frozenset({"", "message", "escalation"}),
    "boundaryEvent": frozenset({"timer", "message", "error", "escalation"}),
}
_JAVA_ATTRIBUTES = ("class", "delegateExpression", "expression")
# A process keeps the decisions of the day it was published; it cannot ask for others.
_DECISION_ATTRIBUTES = ("decisionRefVersion", "decisionRefVersionTag", "decisionRefTenantId")
_CAMUNDA_ELEMENTS = ("executionListener", "taskListener", "connector", "formData", "script")


def check(model: ProcessModel) -> Iterator[Problem]:
    """Everything in the file that would not run as drawn."""
    for element in model.elements.values():
        if element.type in _TYPES:
            yield _refuse(model, element.id, element.type, *_TYPES[element.type])
        elif element.type not in FLOW_NODES:
            yield _refuse(model, element.id, element.type, _NOT_YET_ZH, _NOT_YET_EN)
        elif element.type in _EVENTS and element.event not in _EVENTS[element.type]:
            what = f"{element.type}: {element.event or 'none'}"
            yield _refuse(model, element.id, what, _NOT_YET_ZH, _NOT_YET_EN)
        for attribute in _JAVA_ATTRIBUTES:
            if attribute in element.attributes:
                yield _refuse(model, element.id, f"camunda:{attribute}", "这里不运行 Java", "no Java runs here")
        for attribute in _DECISION_ATTRIBUTES:
            if attribute in element.attributes:
                reason = ("总是使用发布时的版本", "the version at the time of publishing is used")
                yield _refuse(model, element.id, f"camunda:{attribute}", *reason)
    yield from _check_tree(model)


def _check_tree(model: ProcessModel) -> Iterator[Problem]:
    (own,) = executable_processes(model.root)
    for node in own.iter(f"{{{BPMN}}}subProcess"):
        if node.get("triggeredByEvent") == "true":
            reason = ("首次触发会改写所有实例的结构", "its first trigger would rewire every instance")
            yield _refuse(model, node.get("id", ""), "event subProcess", *reason)
    for node in own.iter(f"{{{BPMN}}}standardLoopCharacteristics"):
        reason = ("请用网关画出循环", "draw the loop with a gateway")
        yield _refuse(model, _holder(node), "standardLoopCharacteristics", *reason)
    for node in own.iter(f"{{{BPMN}}}loopCardinality"):
        reason = ("请改用集合", "give a collection instead")
        yield _refuse(model, _holder(node), "loopCardinality", *reason)
    for tag in _CAMUNDA_ELEMENTS:
        for node in own.iter(f"{{{CAMUNDA}}}{tag}"):
            yield _refuse(model, _holder(node), f"camunda:{tag}", "会被忽略", "it would be ignored")


def _holder(node: etree._Element) -> str:
    """The id of the nearest element people see."""
    holder: etree._Element | None = node
    while holder is not None and not (holder.get("id") and etree.QName(holder).localname in FLOW_NODES):
        holder = holder.getparent()
    return holder.get("id", "") if holder is not None else ""


def _refuse(model: ProcessModel, element_id: str, what: str, zh: str, en: str) -> Problem:
    return problem("element_unsupported", model.file, element_id, type=what, reason_zh=zh, reason_en=en)
