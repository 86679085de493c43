"""FEEL, the one expression language of gateways, timers, forms, assignments and decision tables.

Text is compiled once to closures and evaluated within a budget of steps; nothing is ever handed to Python's ``eval``.
The language is that of DMN 1.4, chapter 10.3; ``docs/feel.md`` is its guide for process owners.
"""

from engine.feel.constants import AnyBut, ConstantTest, ConstantTests, OneOf, constant_tests, constant_value
from engine.feel.errors import FeelBudgetExceeded, FeelError, FeelEvaluationError, FeelSyntaxError
from engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests, known_functions
from engine.feel.text import to_json
from engine.feel.values import EvaluationContext, Range, Runtime, YearsMonths

__all__ = [
    "AnyBut",
    "ConstantTest",
    "ConstantTests",
    "EvaluationContext",
    "Expression",
    "FeelBudgetExceeded",
    "FeelError",
    "FeelEvaluationError",
    "FeelSyntaxError",
    "OneOf",
    "Range",
    "Runtime",
    "UnaryTests",
    "YearsMonths",
    "compile_expression",
    "compile_unary_tests",
    "constant_tests",
    "constant_value",
    "known_functions",
    "to_json",
]
