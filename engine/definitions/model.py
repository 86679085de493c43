"""A process as the file tells it: elements, flows and lanes, without any engine.

The dialect is Camunda 7's (``camunda:`` attributes, edited by the free desktop modeler), plus extension properties of
our own: ``en`` (English name), ``group`` (a lane's candidate group), ``summary``, ``correlationKey``, ``area``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from engine.definitions.problems import DefinitionInvalid, problem
from engine.definitions.rules import NO_RULES, Rules, read_rules
from engine.definitions.xml import BPMN, CAMUNDA, NAMESPACES, parse_xml
from engine.errors import Language

ACTIVITIES = frozenset(
    {"userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "task", "callActivity", "subProcess",
     "sendTask"}
)  # fmt: skip
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS
WAITING_TASKS = frozenset({"userTask", "manualTask"})

TimerKind = Literal["date", "duration", "cycle"]


@dataclass(frozen=True)
class Element:
    """One flow node of the diagram."""

    id: str
    type: str
    name_zh: str
    name_en: str
    scope: str  # id of the process or embedded subprocess it lies in
    lane: str = ""
    attributes: dict[str, str] = field(default_factory=dict)  # camunda:…, without the prefix
    properties: dict[str, str] = field(default_factory=dict)  # camunda:property
    inputs: dict[str, str] = field(default_factory=dict)  # camunda:inputParameter
    event: str = ""  # timer, message, error, escalation, terminate, …
    event_reference: str = ""  # name of the message, error or escalation
    timer_kind: TimerKind | None = None
    timer_term: str = ""
    attached_to: str = ""
    interrupting: bool = True
    default_flow: str = ""
    called: str = ""
    script: str = ""
    script_language: str = ""
    is_multiple: bool = False
    is_sequential: bool = False
    collection: str = ""
    completion_condition: str = ""

    def name(self, language: Language) -> str:
        """The label for a reader of ``language``; the other language's when one is missing."""
        return _either(self.name_zh, self.name_en, language) or self.id

    @property
    def form_key(self) -> str:
        """The form people fill in here, or an empty string."""
        return self.attributes.get("formRef") or self.attributes.get("formKey", "")

    @property
    def decision_key(self) -> str:
        """The decision a business rule task takes, or an empty string."""
        return self.attributes.get("decisionRef", "") if self.type == "businessRuleTask" else ""


@dataclass(frozen=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name_zh: str = ""
    name_en: str = ""
    condition: str = ""


@dataclass(frozen=True)
class Lane:
    """Who is responsible: the lane's own candidate group stands in for tasks that name nobody."""

    id: str
    name_zh: str
    name_en: str
    group: str
    members: tuple[str, ...]

    def name(self, language: Language) -> str:
        """The label for a reader of ``language``; the other language's when one is missing."""
        return _either(self.name_zh, self.name_en, language) or self.id


@dataclass(frozen=True)
class ProcessModel:
    """One process definition as read from its file."""

    key: str
    file: str
    name_zh: str
    name_en: str
    version_tag: str
    area: str
    title: str  # a text or =FEEL over the start variables
    starter_groups: tuple[str, ...]
    elements: dict[str, Element]
    flows: dict[str, Flow]
    lanes: tuple[Lane, ...]
    root: etree._Element = field(repr=False, compare=False)
    rules: Rules = NO_RULES

    def name(self, language: Language) -> str:
        """The title for a reader of ``language``."""
        return _either(self.name_zh, self.name_en, language) or self.key

    def lane_of(self, element: Element) -> Lane | None:
        """The lane an element lies in; an element of a subprocess lies where the subprocess does."""
        holder: Element | None = element
        while holder is not None:
            for lane in self.lanes:
                if holder.id in lane.members:
                    return lane
            holder = self.elements.get(holder.scope)
        return None

    def outgoing(self, element_id: str) -> list[Flow]:
        """The flows leaving an element."""
        return [flow for flow in self.flows.values() if flow.source == element_id]

    def incoming(self, element_id: str) -> list[Flow]:
        """The flows entering an element."""
        return [flow for flow in self.flows.values() if flow.target == element_id]

    def start_events(self, scope: str | None = None) -> list[Element]:
        """The start events of the process itself, or of one of its subprocesses."""
        wanted = self.key if scope is None else scope
        return [e for e in self.elements.values() if e.type == "startEvent" and e.scope == wanted]

    @property
    def plain_start(self) -> Element | None:
        """The start event by which people begin the process by hand, if it has one."""
        return next((event for event in self.start_events() if not event.event), None)

    @property
    def form_keys(self) -> tuple[str, ...]:
        """Every form the process uses."""
        return tuple(dict.fromkeys(e.form_key for e in self.elements.values() if e.form_key))

    @property
    def decision_keys(self) -> tuple[str, ...]:
        """Every decision the process takes."""
        return tuple(dict.fromkeys(e.decision_key for e in self.elements.values() if e.decision_key))

    @property
    def called_keys(self) -> tuple[str, ...]:
        """Every process called from here."""
        return tuple(dict.fromkeys(e.called for e in self.elements.values() if e.type == "callActivity" and e.called))


def read_process(source: bytes, file: str, rules: bytes | None = None) -> ProcessModel:
    """Read one BPMN file, with the rules file beside it if there is one.

    Raises ``DefinitionInvalid`` for hostile XML, for files that hold no single process, and for rules that are none.
    """
    root = parse_xml(source, file)
    if etree.QName(root).namespace != BPMN or etree.QName(root).localname != "definitions":
        raise DefinitionInvalid([problem("not_bpmn", file)])
    processes = executable_processes(root)
    if len(processes) != 1:
        raise DefinitionInvalid([problem("process_count", file, count=len(processes))])
    read = NO_RULES if rules is None else read_rules(rules, rules_file(file))
    return _Reader(root, processes[0], file).read(read)


def executable_processes(root: etree._Element) -> list[etree._Element]:
    """The processes of a file that are meant to run; other pools only show what somebody else does."""
    return [one for one in root.findall("bpmn:process", NAMESPACES) if one.get("isExecutable", "true") == "true"]


def rules_file(file: str) -> str:
    """The rules file beside a diagram."""
    return f"{file.removesuffix('.bpmn')}.rules.yaml"


class _Reader:
    """Walks the process element once and gathers its parts."""

    def __init__(self, root: etree._Element, process: etree._Element, file: str) -> None:
        self.root, self.process, self.file = root, process, file
        self.names = {
            node.get("id", ""): node.get("name", "")
            for tag in ("message", "error", "escalation", "signal")
            for node in root.findall(f"bpmn:{tag}", NAMESPACES)
        }
        self.elements: dict[str, Element] = {}
        self.flows: dict[str, Flow] = {}

    def read(self, rules: Rules) -> ProcessModel:
        key = self.process.get("id", "")
        self._walk(self.process, key)
        properties = _properties(self.process)
        lanes = tuple(self._lane(node) for node in self.process.iter(f"{{{BPMN}}}lane"))
        return ProcessModel(
            key=key,
            file=self.file,
            name_zh=self.process.get("name", ""),
            name_en=properties.get("en", ""),
            version_tag=self.process.get(f"{{{CAMUNDA}}}versionTag", ""),
            area=properties.get("area", ""),
            title=properties.get("title", ""),
            starter_groups=_listed(self.process.get(f"{{{CAMUNDA}}}candidateStarterGroups", "")),
            elements=self.elements,
            flows=self.flows,
            lanes=lanes,
            root=self.root,
            rules=rules,
        )

    def _walk(self, container: etree._Element, scope: str) -> None:
        for node in container:
            tag = etree.QName(node).localname
            if tag == "sequenceFlow":
                self._add_flow(node)
            elif etree.QName(node).namespace == BPMN and tag not in _NOT_A_NODE:
                self._add_element(node, tag, scope)
                if node.find("bpmn:startEvent", NAMESPACES) is not None or tag in ("subProcess", "transaction"):
                    self._walk(node, node.get("id", ""))

    def _add_flow(self, node: etree._Element) -> None:
        identifier = node.get("id", "")
        self._refuse_twice(identifier, "sequenceFlow")
        condition = node.findtext("bpmn:conditionExpression", "", NAMESPACES).strip()
        self.flows[identifier] = Flow(
            id=identifier,
            source=node.get("sourceRef", ""),
            target=node.get("targetRef", ""),
            name_zh=node.get("name", ""),
            name_en=_properties(node).get("en", ""),
            condition=condition,
        )

    def _add_element(self, node: etree._Element, tag: str, scope: str) -> None:
        identifier = node.get("id", "")
        self._refuse_twice(identifier, tag)
        properties = _properties(node)
        event, reference, kind, term = self._event(node)
        loop = node.find("bpmn:multiInstanceLoopCharacteristics", NAMESPACES)
        multiple = loop is not None
        self.elements[identifier] = Element(
            id=identifier,
            type=tag,
            name_zh=node.get("name", ""),
            name_en=properties.get("en", ""),
            scope=scope,
            attributes=_attributes(node),
            properties=properties,
            inputs=_inputs(node),
            event=event,
            event_reference=reference,
            timer_kind=kind,
            timer_term=term,
            attached_to=node.get("attachedToRef", ""),
            interrupting=node.get("cancelActivity", "true") == "true",
            default_flow=node.get("default", ""),
            called=node.get("calledElement", ""),
            script=node.findtext("bpmn:script", "", NAMESPACES).strip(),
            script_language=node.get("scriptFormat", ""),
            is_multiple=multiple,
            is_sequential=multiple and loop is not None and loop.get("isSequential") == "true",
            collection=_collection(loop) if loop is not None else "",
            completion_condition=(
                loop.findtext("bpmn:completionCondition", "", NAMESPACES).strip() if loop is not None else ""
            ),
        )

    def _event(self, node: etree._Element) -> tuple[str, str, TimerKind | None, str]:
        definitions = [c for c in node if etree.QName(c).localname.endswith("EventDefinition")]
        if not definitions:
            return "", "", None, ""
        if len(definitions) > 1:
            return "multiple", "", None, ""
        definition = definitions[0]
        event = etree.QName(definition).localname.removesuffix("EventDefinition")
        if event == "timer":
            for tag, kind in _TIMER_KINDS.items():
                term = definition.findtext(f"bpmn:{tag}", None, NAMESPACES)
                if term is not None:
                    return event, "", kind, term.strip()
            return event, "", None, ""
        return event, self.names.get(definition.get(f"{event}Ref", ""), ""), None, ""

    def _lane(self, node: etree._Element) -> Lane:
        properties = _properties(node)
        return Lane(
            id=node.get("id", ""),
            name_zh=node.get("name", ""),
            name_en=properties.get("en", ""),
            group=properties.get("group", ""),
            members=tuple((ref.text or "").strip() for ref in node.findall("bpmn:flowNodeRef", NAMESPACES)),
        )

    def _refuse_twice(self, identifier: str, tag: str) -> None:
        if not identifier:
            raise DefinitionInvalid([problem("id_missing", self.file, type=tag)])
        if identifier in self.elements or identifier in self.flows:
            raise DefinitionInvalid([problem("id_duplicate", self.file, identifier, id=identifier)])


_TIMER_KINDS: dict[str, TimerKind] = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_NOT_A_NODE = frozenset(
    {
        "laneSet", "sequenceFlow", "extensionElements", "documentation", "incoming", "outgoing", "association",
        "textAnnotation", "group", "dataObject", "dataObjectReference", "dataStoreReference", "ioSpecification",
        "property", "multiInstanceLoopCharacteristics", "auditing", "monitoring", "category", "script",
    }
)  # fmt: skip


def _attributes(node: etree._Element) -> dict[str, str]:
    prefix = f"{{{CAMUNDA}}}"
    return {str(k).removeprefix(prefix): str(v) for k, v in node.attrib.items() if str(k).startswith(prefix)}


def _properties(node: etree._Element) -> dict[str, str]:
    path = "bpmn:extensionElements/camunda:properties/camunda:property"
    return {p.get("name", ""): p.get("value", "") for p in node.findall(path, NAMESPACES)}


def _inputs(node: etree._Element) -> dict[str, str]:
    path = "bpmn:extensionElements/camunda:inputOutput/camunda:inputParameter"
    return {p.get("name", ""): (p.text or "").strip() for p in node.findall(path, NAMESPACES)}


def _collection(loop: etree._Element) -> str:
    return loop.get(f"{{{CAMUNDA}}}collection", "") or loop.findtext("bpmn:loopDataInputRef", "", NAMESPACES).strip()


def _either(zh: str, en: str, language: Language) -> str:
    return (zh or en) if language == "zh" else (en or zh)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
