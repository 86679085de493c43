"""A diagram as text: its steps in the order they are reached, with all that is known about each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.definitions.model import GATEWAYS, Element, Flow, Lane, ProcessModel
from engine.definitions.rules import CompletionRule, SeparationRule


@dataclass(frozen=True)
class Way:
    """Where it goes on: under which label and condition, and whether that is back to an earlier step."""

    target: Element
    name_zh: str
    name_en: str
    condition: str
    is_default: bool
    is_back: bool


@dataclass(frozen=True)
class Step:
    """One element and what follows. ``clocks`` are the events attached to it, ``inner`` the steps of a subprocess."""

    number: int
    element: Element
    lane: Lane | None
    ways: tuple[Way, ...]
    is_join: bool
    clocks: tuple[Step, ...]
    separation: tuple[SeparationRule, ...]
    completion: tuple[CompletionRule, ...]
    inner: tuple[Step, ...]


@dataclass(frozen=True)
class Outline:
    """The whole process: who takes part, and its steps."""

    model: ProcessModel
    lanes: tuple[Lane, ...]
    steps: tuple[Step, ...]
    numbers: dict[str, int]  # of the steps by the ids of their elements


def outline_of(model: ProcessModel) -> Outline:
    """The text outline of a diagram."""
    outliner = _Outliner(model)
    return Outline(model, model.lanes, outliner.steps(model.key), outliner.numbers)


class _Outliner:
    """Puts the elements of each scope in order and follows the gateways that only bring ways together."""

    def __init__(self, model: ProcessModel) -> None:
        self.model = model
        self.numbers: dict[str, int] = {}
        self.place: dict[str, int] = {}  # in the order of the outline
        for scope in dict.fromkeys(one.scope for one in model.elements.values()):
            for element in self._ordered(scope):
                self.place[element.id] = len(self.place)

    def steps(self, scope: str) -> tuple[Step, ...]:
        shown = [one for one in self._ordered(scope) if not one.attached_to and not self._is_passage(one)]
        return tuple(self._step(one) for one in shown)

    def _step(self, element: Element) -> Step:
        number = self.numbers[element.id] = len(self.numbers) + 1
        rules, model = self.model.rules, self.model
        return Step(
            number=number,
            element=element,
            lane=model.lane_of(element),
            ways=tuple(self._ways(element)),
            is_join=element.type in GATEWAYS and len(model.incoming(element.id)) > 1,
            separation=tuple(rules.separating(element.id)),
            completion=tuple(rules.completing(element.id)),
            inner=self.steps(element.id) if element.type in ("subProcess", "transaction") else (),
            clocks=tuple(self._step(one) for one in self._attached(element)),
        )

    def _attached(self, element: Element) -> list[Element]:
        return [one for one in self.model.elements.values() if one.attached_to == element.id]

    def _ways(self, element: Element) -> Iterator[Way]:
        for flow in self.model.outgoing(element.id):
            target = self._beyond_passages(flow)
            if target is not None:
                yield Way(
                    target=target,
                    name_zh=flow.name_zh,
                    name_en=flow.name_en,
                    condition=flow.condition,
                    is_default=element.default_flow == flow.id,
                    is_back=self.place[target.id] <= self.place[element.attached_to or element.id],
                )

    def _beyond_passages(self, flow: Flow) -> Element | None:
        seen: set[str] = set()
        target = self.model.elements.get(flow.target)
        while target is not None and self._is_passage(target) and target.id not in seen:
            seen.add(target.id)
            target = self.model.elements.get(self.model.outgoing(target.id)[0].target)
        return target

    def _is_passage(self, element: Element) -> bool:
        """A gateway where ways merely meet: nothing happens there that a reader must know."""
        return element.type == "exclusiveGateway" and len(self.model.outgoing(element.id)) == 1

    def _ordered(self, scope: str) -> list[Element]:
        """Each element after those that lead to it, as far as the process does not go in circles.

        The main way comes before what only happens when a clock runs out.
        """
        inside = {key: one for key, one in self.model.elements.items() if one.scope == scope}
        done: dict[str, None] = {}
        begun: set[str] = set()
        for start in reversed(self.model.start_events(scope)):
            todo = [(start.id, False)]
            while todo:
                current, is_left = todo.pop()
                if is_left:
                    done[current] = None
                elif current not in begun:
                    begun.add(current)
                    todo.append((current, True))
                    todo += [(one, False) for one in reversed(self._leads_to(current)) if one in inside]
        return [inside[key] for key in [*reversed(done), *(one for one in inside if one not in done)]]

    def _leads_to(self, element_id: str) -> list[str]:
        """What is visited first comes last in the end: clocks, then the ways from the last to the first."""
        attached = [one.id for one in self._attached(self.model.elements[element_id])]
        return [*reversed(attached), *(flow.target for flow in reversed(self.model.outgoing(element_id)))]
