"""The rules of a table against each other: values that never match, overlaps, gaps, rules that are never used."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from engine.decisions.blame import ANYTHING
from engine.decisions.columns import Column
from engine.decisions.coverage import CoverageTooLarge, Overlap, Region, contains, gaps, has_uncertain_cells, overlaps
from engine.decisions.model import (
    SINGLE_HIT,
    Cell,
    Decision,
    DecisionTable,
    Label,
    ValueType,
    rule_place,
)
from engine.decisions.problems import DecisionProblem, Level, found
from engine.decisions.values import kind_zh, shown
from engine.feel import ConstantTests, constant_tests, constant_value

_LIMIT_PAIRS = 10_000
_LIMIT_SHOWN = 20
_LIMIT_GAPS = 3


def check_rules(decision: Decision, table: DecisionTable, names: Collection[str]) -> Iterator[DecisionProblem]:
    """Every finding on the rules of a table whose cells all compile."""
    return _RuleChecker(decision, table, names).check()


class _RuleChecker:
    def __init__(self, decision: Decision, table: DecisionTable, names: Collection[str]) -> None:
        self.decision, self.table, self._names = decision, table, names
        self.tests = [[self._constant(rule.inputs[i]) for rule in table.rules] for i in range(len(table.inputs))]
        self.columns = [
            self._column(column.type, column.allowed, tests)
            for column, tests in zip(table.inputs, self.tests, strict=True)
        ]

    def check(self) -> Iterator[DecisionProblem]:
        problems = [*self._inputs(), *self._outputs()]
        yield from problems
        if any(problem.level == "error" for problem in problems):
            return
        policy = self.table.hit_policy
        if policy in ("UNIQUE", "ANY"):
            yield from self._overlaps()
        if policy == "FIRST":
            yield from self._never_used()
        if policy in SINGLE_HIT and not self.table.has_default:
            yield from self._gaps()

    def _constant(self, cell: Cell) -> ConstantTests | None:
        return ConstantTests(False, ()) if cell.text in ANYTHING else constant_tests(cell.text, names=self._names)

    def _column(self, type_: ValueType, own: Cell, tests: Sequence[ConstantTests | None]) -> Column:
        allowed = [self._constant(Cell(own.id, text)) for text in (own.text, type_.allowed) if text not in ANYTHING]
        return Column(type_, tests, allowed)

    def _inputs(self) -> Iterator[DecisionProblem]:
        for index, (part, column) in enumerate(zip(self.table.inputs, self.columns, strict=True)):
            for rule, tests in zip(self.table.rules, self.tests[index], strict=True):
                yield from self._values(column, tests, rule_place(rule, part), rule.inputs[index].id)

    def _outputs(self) -> Iterator[DecisionProblem]:
        """Answers that are constants are held against the type and the possible answers of their column."""
        for index, output in enumerate(self.table.outputs):
            cells = [(rule.outputs[index], rule_place(rule, output)) for rule in self.table.rules]
            tests = [self._constant_answer(cell) for cell, _ in cells]
            column = self._column(output.type, output.values, tests)
            for (cell, place), test in zip(cells, tests, strict=True):
                yield from self._values(column, test, place, cell.id)

    def _constant_answer(self, cell: Cell) -> ConstantTests | None:
        """A constant answer as the test for it; one that has to be computed cannot be judged."""
        constant = constant_value(cell.text, names=self._names) if cell.text not in ANYTHING else None
        return None if constant is None else ConstantTests(False, (constant,))

    def _values(
        self, column: Column, tests: ConstantTests | None, place: Label, element: str
    ) -> Iterator[DecisionProblem]:
        for value in column.misfits(tests):
            names = column.kind, kind_zh(column.kind)
            yield found(
                "value_kind", self.decision, place, element, value=shown(value), kind=names[0], kind_zh=names[1]
            )
        for value in column.strangers(tests):
            yield found("value_not_allowed", self.decision, place, element, value=shown(value))

    def _overlaps(self) -> Iterator[DecisionProblem]:
        code = "overlap" if self.table.hit_policy == "UNIQUE" else "outputs_differ"
        certain: list[Overlap] = []
        count = 0
        uncertain: set[int] = set()
        for each in islice(overlaps(self.columns, len(self.table.rules)), _LIMIT_PAIRS):
            if self.table.hit_policy == "ANY" and self._say_the_same(each):
                continue
            if each.region is None:
                uncertain |= {each.first, each.second}
            else:
                count += 1
                certain += [each] if count <= _LIMIT_SHOWN else []
        for each in certain:
            assert each.region is not None
            rule = self.table.rules[each.second]
            numbers = {"one": each.first + 1, "other": each.second + 1}
            yield self._with_example(code, rule.id, each.region, "error", **numbers)
        if count > _LIMIT_SHOWN:
            yield found("overlap_more", self.decision, None, self.decision.key, count=count - _LIMIT_SHOWN)
        if uncertain:
            rules = ", ".join(str(rule + 1) for rule in sorted(uncertain))
            yield found("overlap_unchecked", self.decision, None, self.decision.key, level="warning", rules=rules)

    def _say_the_same(self, overlap: Overlap) -> bool:
        first, second = (self.table.rules[index].outputs for index in (overlap.first, overlap.second))
        return [cell.text for cell in first] == [cell.text for cell in second]

    def _never_used(self) -> Iterator[DecisionProblem]:
        for later, rule in enumerate(self.table.rules):
            earlier = next((e for e in range(later) if contains(self.columns, e, later)), None)
            if earlier is not None:
                numbers = {"one": earlier + 1, "other": later + 1}
                yield found("rule_never", self.decision, None, rule.id, level="warning", **numbers)

    def _gaps(self) -> Iterator[DecisionProblem]:
        rules = len(self.table.rules)
        try:
            regions = gaps(self.columns, rules, uncertain_matches=True, limit=_LIMIT_GAPS)
            is_uncertain = (
                not regions
                and has_uncertain_cells(self.columns)
                and gaps(self.columns, rules, uncertain_matches=False, limit=1)
            )
        except CoverageTooLarge:
            yield found("gap_too_large", self.decision, None, self.decision.key, level="warning")
            return
        for region in regions:
            yield self._with_example("gap", self.decision.key, region, "warning")
        if is_uncertain:
            yield found("gap_unchecked", self.decision, None, self.decision.key, level="warning")

    def _with_example(self, code: str, element: str, region: Region, level: Level, **details: int) -> DecisionProblem:
        parts: list[Label] = []
        for part, column, pieces in zip(self.table.inputs, self.columns, region, strict=True):
            example = column.example(pieces)
            if example is not None:
                zh, en = part.label.text("zh"), part.label.text("en")
                parts.append(Label(f"{zh}：{example.text('zh')}", f"{en}: {example.text('en')}"))
        zh = "，".join(part.zh for part in parts) or "任何输入"
        en = ", ".join(part.en for part in parts) or "any input"
        return found(code, self.decision, None, element, level=level, example_zh=zh, example_en=en, **details)
