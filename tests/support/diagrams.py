"""Diagrams for tests, written as a few calls: nodes, flows, lanes, in the dialect process owners use."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="http://example.org">'
)


@dataclass
class Diagram:
    """A process under construction; ``xml()`` gives the file."""

    key: str
    attributes: str = ""
    nodes: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    flows: list[tuple[str, str, str, str]] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    lanes: dict[str, list[str]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)

    def node(self, tag: str, id: str, body: str = "", **attributes: str) -> Diagram:
        """Any element; attribute names with ``camunda_`` become ``camunda:``."""
        given = {"id": id, "name": attributes.pop("name", id), **attributes}
        text = "".join(f" {k.replace('camunda_', 'camunda:')}={quoteattr(v)}" for k, v in given.items())
        self.nodes.append(f"<bpmn:{tag}{text}%DEFAULT:{id}%>{body}</bpmn:{tag}>")
        self.ids.append(id)
        return self

    def start(self, id: str = "begin", body: str = "") -> Diagram:
        return self.node("startEvent", id, body)

    def end(self, id: str = "done", body: str = "") -> Diagram:
        return self.node("endEvent", id, body)

    def user(self, id: str, body: str = "", *, groups: str = "staff", **attributes: str) -> Diagram:
        if groups:
            attributes["camunda_candidateGroups"] = groups
        return self.node("userTask", id, body, **attributes)

    def service(self, id: str, topic: str, result: str = "", **inputs: str) -> Diagram:
        parameters = "".join(
            f'<camunda:inputParameter name="{k}">{escape(v)}</camunda:inputParameter>' for k, v in inputs.items()
        )
        body = (
            f"<bpmn:extensionElements><camunda:inputOutput>{parameters}</camunda:inputOutput></bpmn:extensionElements>"
        )
        extra = {"camunda_resultVariable": result} if result else {}
        return self.node("serviceTask", id, body if inputs else "", camunda_topic=topic, **extra)

    def script(self, id: str, feel: str, result: str) -> Diagram:
        body = f"<bpmn:script>{escape(feel)}</bpmn:script>"
        return self.node("scriptTask", id, body, scriptFormat="feel", camunda_resultVariable=result)

    def decision(self, id: str, key: str, result: str) -> Diagram:
        given = {"camunda_decisionRef": key, "camunda_resultVariable": result}
        return self.node("businessRuleTask", id, **{name: value for name, value in given.items() if value})

    def exclusive(self, id: str) -> Diagram:
        return self.node("exclusiveGateway", id)

    def parallel(self, id: str) -> Diagram:
        return self.node("parallelGateway", id)

    def inclusive(self, id: str) -> Diagram:
        return self.node("inclusiveGateway", id)

    def boundary(
        self, id: str, on: str, term: str, *, kind: str = "timeDuration", interrupting: bool = True
    ) -> Diagram:
        return self.node(
            "boundaryEvent", id, timer(term, kind), attachedToRef=on, cancelActivity=str(interrupting).lower()
        )

    def catch(self, id: str, term: str, kind: str = "timeDuration") -> Diagram:
        return self.node("intermediateCatchEvent", id, timer(term, kind))

    def message(self, tag: str, id: str, name: str, **attributes: str) -> Diagram:
        if name not in self.messages:
            self.messages.append(name)
        reference = f"message_{self.messages.index(name)}"
        return self.node(tag, id, f'<bpmn:messageEventDefinition messageRef="{reference}"/>', **attributes)

    def flow(self, *ids: str, when: str = "", default: bool = False) -> Diagram:
        """A chain of flows; ``when`` is the condition of each, ``default`` marks it as its source's default."""
        for source, target in pairwise(ids):
            identifier = f"flow_{len(self.flows)}"
            self.flows.append((identifier, source, target, when))
            if default:
                self.defaults[source] = identifier
        return self

    def lane(self, group: str, *ids: str) -> Diagram:
        self.lanes[group] = list(ids)
        return self

    def xml(self) -> bytes:
        nodes = "".join(self.nodes)
        for id in self.ids:
            marked = f' default="{self.defaults[id]}"' if id in self.defaults else ""
            nodes = nodes.replace(f"%DEFAULT:{id}%", marked)
        lanes = "".join(
            f'<bpmn:lane id="lane_{group}" name="{group}"><bpmn:extensionElements><camunda:properties>'
            f'<camunda:property name="group" value="{group}"/></camunda:properties></bpmn:extensionElements>'
            + "".join(f"<bpmn:flowNodeRef>{id}</bpmn:flowNodeRef>" for id in ids)
            + "</bpmn:lane>"
            for group, ids in self.lanes.items()
        )
        flows = "".join(
            f'<bpmn:sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">'
            + (
                f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(when)}</bpmn:conditionExpression>'
                if when
                else ""
            )
            + "</bpmn:sequenceFlow>"
            for id, source, target, when in self.flows
        )
        properties = "".join(
            f"<camunda:property name={quoteattr(k)} value={quoteattr(v)}/>" for k, v in self.properties.items()
        )
        extension = (
            f"<bpmn:extensionElements><camunda:properties>{properties}</camunda:properties></bpmn:extensionElements>"
            if properties
            else ""
        )
        messages = "".join(f'<bpmn:message id="message_{i}" name="{name}"/>' for i, name in enumerate(self.messages))
        lane_set = f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>' if lanes else ""
        return (
            f'{HEAD}{messages}<bpmn:process id="{self.key}" name="{self.key}" isExecutable="true"{self.attributes}>'
            f"{extension}{lane_set}{nodes}{flows}</bpmn:process></bpmn:definitions>"
        ).encode()


def timer(term: str, kind: str = "timeDuration") -> str:
    """A timer event definition."""
    return (
        f'<bpmn:timerEventDefinition><bpmn:{kind} xsi:type="bpmn:tFormalExpression">{escape(term)}</bpmn:{kind}>'
        "</bpmn:timerEventDefinition>"
    )


def multiple(collection: str, variable: str, *, sequential: bool = False, until: str = "") -> str:
    """Multi-instance loop characteristics over a collection."""
    condition = (
        f'<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">{escape(until)}</bpmn:completionCondition>'
        if until
        else ""
    )
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" '
        f"camunda:collection={quoteattr(collection)} camunda:elementVariable={quoteattr(variable)}>"
        f"{condition}</bpmn:multiInstanceLoopCharacteristics>"
    )


def called(key: str) -> dict[str, str]:
    """Attributes of a call activity."""
    return {"calledElement": key}
