"""Small expressions in service files: rules and amounts over facts, answers and settings.

Python's own notation, of which arithmetic, comparison, `and`, `or`, `not`, `a if b else c`, `min`, `max` and
`round` (to whole yuan) are allowed. Numbers are decimals, the difference of two dates is days.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Value = Decimal | str | bool | date
Known = Mapping[str, Value]


class BadExpression(ValueError):
    """The text is no expression that service files may hold; the message shows the part."""


class Unknown(LookupError):
    """A name has no value, because the policy has no such fact or the question was not asked."""


_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, several: one in several,
    ast.NotIn: lambda one, several: one not in several,
}


def _round(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_HALF_UP)


_FUNCTIONS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "round": _round}
_ALLOWED = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Name, ast.Tuple,
    ast.Constant, ast.Load, ast.USub, ast.Not, ast.And, ast.Or, *_OPERATORS,
)  # fmt: skip


class Expression:
    """One expression, read once. Raises BadExpression."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
        except SyntaxError as error:
            raise BadExpression(f"{text!r} cannot be read: {error.msg}") from error
        for node in ast.walk(self._tree):
            called = isinstance(node, ast.Call) and (
                not isinstance(node.func, ast.Name) or node.func.id not in _FUNCTIONS
            )
            if called or not isinstance(node, _ALLOWED):
                raise BadExpression(f"{text!r}: {ast.unparse(node)!r} is not allowed")

    @property
    def names(self) -> frozenset[str]:
        """Facts, answers and settings it needs."""
        found = {node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name)}
        return frozenset(found - set(_FUNCTIONS))

    def value(self, known: Known) -> Value:
        """What it comes to. Raises Unknown naming what has no value."""
        result: Value = _plain(_evaluate(self._tree, known))
        return result

    def holds(self, known: Known) -> bool:
        """Whether it is true; what is not known does not hold."""
        try:
            return bool(self.value(known))
        except Unknown:
            return False


def _plain(value: Any) -> Any:
    return Decimal(value.days) if isinstance(value, timedelta) else value


def _evaluate(node: ast.AST, known: Known) -> Any:
    match node:
        case ast.Constant(value=value):
            return value if isinstance(value, str | bool) else Decimal(str(value))
        case ast.Name(id=name):
            if name not in known:
                raise Unknown(name)
            return known[name]
        case ast.Tuple(elts=elements):
            return tuple(_evaluate(one, known) for one in elements)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _evaluate(operand, known)
        case ast.UnaryOp(operand=operand):
            return -_evaluate(operand, known)
        case ast.BinOp(left=left, op=op, right=right):
            return _plain(_OPERATORS[type(op)](_evaluate(left, known), _evaluate(right, known)))
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_evaluate(one, known) for one in values)
        case ast.BoolOp(values=values):
            return any(_evaluate(one, known) for one in values)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _evaluate(body if _evaluate(test, known) else orelse, known)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return _compare(_evaluate(left, known), ops, [_evaluate(one, known) for one in comparators])
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _FUNCTIONS[name](*(_evaluate(one, known) for one in arguments))
    raise BadExpression(ast.unparse(node))


def _compare(left: Any, ops: list[ast.cmpop], others: list[Any]) -> bool:
    for op, right in zip(ops, others, strict=True):
        if not _OPERATORS[type(op)](left, right):
            return False
        left = right
    return True
