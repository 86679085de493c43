"""From models to what the runtime drives: parsed once per published version, shared by every instance of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.definitions.dialect import adapt
from engine.definitions.model import Element, ProcessModel
from engine.definitions.parser import Parser
from engine.definitions.problems import DefinitionInvalid, problem

CHILD_SUFFIX = " [child]"


@dataclass(frozen=True)
class CompiledProcess:
    """The specs of one version with all it calls, and the models they came from.

    ``models`` maps the name of each workflow spec (process key or subprocess id) to the model it lies in.
    """

    model: ProcessModel
    spec: Any
    subprocess_specs: Mapping[str, Any]
    models: Mapping[str, ProcessModel]

    def element(self, scope: str, spec_name: str) -> Element | None:
        """The diagram element behind a task spec, or None for SpiffWorkflow's own helper specs."""
        model = self.models.get(scope)
        return None if model is None else model.elements.get(spec_name.removesuffix(CHILD_SUFFIX))


def compile_process(model: ProcessModel, called: Mapping[str, ProcessModel]) -> CompiledProcess:
    """Compile ``model`` together with the processes it calls (by key, transitively complete).

    Raises ``DefinitionInvalid`` when SpiffWorkflow cannot read it.
    """
    parser = Parser()
    try:
        for part in (model, *called.values()):
            parser.add_bpmn_xml(adapt(part.root), part.file)
        spec = parser.get_spec(model.key)
        subprocess_specs = parser.get_subprocess_specs(model.key)
    except (ValidationException, SpiffWorkflowException, ValueError, RecursionError) as error:
        raise DefinitionInvalid([problem("not_parsable", model.file, reason=str(error)[:300])]) from error
    models = {}
    for part in (model, *called.values()):
        models[part.key] = part
        models.update({e.id: part for e in part.elements.values() if e.type == "subProcess"})
    for one in (spec, *subprocess_specs.values()):
        _connect_loops(one)
    return CompiledProcess(model=model, spec=spec, subprocess_specs=subprocess_specs, models=models)


def _connect_loops(spec: Any) -> None:
    """Connect the children of multi-instance specs now: stock does it at first use, racing between threads."""
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, MultiInstanceTask):
            spec.task_specs[task_spec.task_spec].completed_event.connect(task_spec.merge_child)
