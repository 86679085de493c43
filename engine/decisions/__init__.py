"""Decision tables: DMN files in, checked and evaluated. Who may publish or reach them is decided elsewhere.

``read_decisions`` reads a file, ``check_decisions`` judges it at publish, ``CompiledDecision`` decides.
"""

from engine.decisions.checks import check_decision, check_decisions
from engine.decisions.errors import (
    DecisionCellFailed,
    DecisionError,
    DecisionNotUnique,
    DecisionOutputsDiffer,
    DecisionSourceInvalid,
)
from engine.decisions.evaluation import CompiledDecision, Decided, Trace
from engine.decisions.model import Decision, DecisionModel, DecisionTable
from engine.decisions.problems import DecisionProblem
from engine.decisions.source import read_decisions

__all__ = [
    "CompiledDecision",
    "Decided",
    "Decision",
    "DecisionCellFailed",
    "DecisionError",
    "DecisionModel",
    "DecisionNotUnique",
    "DecisionOutputsDiffer",
    "DecisionProblem",
    "DecisionSourceInvalid",
    "DecisionTable",
    "Trace",
    "check_decision",
    "check_decisions",
    "read_decisions",
]
