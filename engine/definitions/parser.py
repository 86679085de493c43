"""SpiffWorkflow's BPMN parser with our specs and events in place of its own."""

from __future__ import annotations

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    IntermediateCatchEventParser,
    IntermediateThrowEventParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import (
    CallActivityParser,
    ConditionalGatewayParser,
    GatewayParser,
    ScriptTaskParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from engine.definitions import specs
from engine.definitions.events import DueTimer, IncomingMessage, OutgoingMessage, RepeatingTimer
from engine.definitions.gateways import TokenInclusiveGateway, TokenParallelGateway
from engine.definitions.xml import BPMN, NAMESPACES

_TIMER_KINDS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


class _Activity(TaskParser):  # type: ignore[misc]
    """Our multi-instance specs and our join behind boundary events."""

    PARALLEL_MI_CLASS = specs.ParallelMultiInstance
    SEQUENTIAL_MI_CLASS = specs.SequentialMultiInstance

    def _add_boundary_event(self, children: list[etree._Element]) -> BoundaryEventSplit:
        lane = self.task.lane
        split = BoundaryEventSplit(self.spec, f"{self.bpmn_id}.BoundaryEventSplit", lane=lane)
        join = specs.SharingBoundaryJoin(
            self.spec, f"{self.bpmn_id}.BoundaryEventJoin", lane=lane, split_task=split.name, cancel=True
        )
        split.connect(self.task)
        self.task.connect(join)
        for node in children:
            event = self.process_parser.parse_node(node)
            split.connect(event)
            event.connect(join)
        return split


class _Subprocess(_Activity, SubWorkflowParser):  # type: ignore[misc]
    pass


class _CallActivity(_Activity, CallActivityParser):  # type: ignore[misc]
    pass


class _Script(_Activity, ScriptTaskParser):  # type: ignore[misc]
    pass


class _Events:
    """Timers and messages become ours, whatever event they stand on."""

    node: etree._Element

    def parse_timer_event(self, event: etree._Element) -> DueTimer | RepeatingTimer:
        name = self.node.get("id", "")
        for tag, kind in _TIMER_KINDS.items():
            term = event.findtext(f"bpmn:{tag}", None, NAMESPACES)
            if term is not None:
                repeats = kind == "cycle" and self.node.get("cancelActivity", "true") != "true"
                return RepeatingTimer(name, term.strip()) if repeats else DueTimer(name, kind, term.strip())
        raise ValueError("a timer without a term passed the checks")

    def parse_message_event(self, event: etree._Element) -> OutgoingMessage | IncomingMessage:
        name = self.process_parser.parser.messages.get(event.get("messageRef"))  # type: ignore[attr-defined]
        throws = self.node.tag in {f"{{{BPMN}}}intermediateThrowEvent", f"{{{BPMN}}}endEvent"}
        return OutgoingMessage(name) if throws else IncomingMessage(name)


class _Start(_Events, StartEventParser):  # type: ignore[misc]
    """A trigger starts an instance from outside (a schedule, a message); inside it every start event is plain."""

    def create_task(self) -> Any:
        task = self._create_task(NoneEventDefinition(description="Default"))
        self.spec.start.connect(task)
        return task


class _End(_Events, EndEventParser):  # type: ignore[misc]
    pass


class _Catch(_Events, IntermediateCatchEventParser):  # type: ignore[misc]
    pass


class _Throw(_Events, IntermediateThrowEventParser):  # type: ignore[misc]
    pass


class _Boundary(_Events, BoundaryEventParser):  # type: ignore[misc]
    pass


class Parser(BpmnParser):  # type: ignore[misc]
    """Reads an adapted tree (see ``dialect``)."""

    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 (SpiffWorkflow's own way of plugging in)
        full_tag("startEvent"): (_Start, specs.SharingStartEvent),
        full_tag("endEvent"): (_End, specs.SharingEndEvent),
        full_tag("userTask"): (_Activity, specs.SharingUserTask),
        full_tag("manualTask"): (_Activity, specs.SharingManualTask),
        full_tag("task"): (_Activity, specs.SharingNoneTask),
        full_tag("serviceTask"): (_Activity, specs.TopicServiceTask),
        full_tag("businessRuleTask"): (_Activity, specs.DecisionTask),
        full_tag("scriptTask"): (_Script, specs.FeelScriptTask),
        full_tag("subProcess"): (_Subprocess, specs.SharingSubprocess),
        full_tag("callActivity"): (_CallActivity, specs.SharingCallActivity),
        full_tag("exclusiveGateway"): (ConditionalGatewayParser, specs.SharingExclusiveGateway),
        full_tag("parallelGateway"): (GatewayParser, TokenParallelGateway),
        full_tag("inclusiveGateway"): (ConditionalGatewayParser, TokenInclusiveGateway),
        full_tag("intermediateCatchEvent"): (_Catch, specs.SharingCatchEvent),
        full_tag("intermediateThrowEvent"): (_Throw, specs.SharingThrowEvent),
        full_tag("boundaryEvent"): (_Boundary, specs.SharingBoundaryEvent),
    }

    def __init__(self) -> None:
        super().__init__(namespaces=dict(NAMESPACES))
