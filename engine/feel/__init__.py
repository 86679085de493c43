"""FEEL, the one expression language of gateways, timers, forms, assignments and decision tables.

Text is compiled once to closures and evaluated within a budget of steps; nothing is ever handed to Python's ``eval``.
The language is that of DMN 1.4, chapter 10.3; ``docs/feel.md`` is its guide for process owners.
"""

from engine.feel.errors import FeelBudgetExceeded, FeelError, FeelEvaluationError, FeelSyntaxError
from engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests, known_functions
from engine.feel.text import to_json
from engine.feel.values import EvaluationContext, Range, YearsMonths

__all__ = [
    "EvaluationContext",
    "Expression",
    "FeelBudgetExceeded",
    "FeelError",
    "FeelEvaluationError",
    "FeelSyntaxError",
    "Range",
    "UnaryTests",
    "YearsMonths",
    "compile_expression",
    "compile_unary_tests",
    "known_functions",
    "to_json",
]
