"""Files, functions and nesting stay small."""

import ast

import pytest

from tests.architecture.source import EVERYTHING, Function, modules

MOST_LINES_OF_A_FILE = 250
MOST_LINES_OF_A_FUNCTION = 40
DEEPEST_NESTING = 3
MOST_POSITIONAL_PARAMETERS = 3

_FOUR_PARTS_OF_AN_ADDRESS = ("shared/domain/ids.py", "pipeline_id")
"""Tenant, provider, domain, pipeline: nobody mistakes their order."""
_BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match, ast.AsyncFor, ast.AsyncWith)


def nesting(node: ast.AST, depth: int = 0) -> int:
    """How deep blocks stand in each other; `elif` is no deeper than its `if`."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        inner = depth + (isinstance(child, _BLOCKS) and not is_elif)
        deepest = max(deepest, nesting(child, inner))
    return deepest


def positional_parameters(function: Function) -> int:
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return len([name for name in names if name not in {"self", "cls"}])


@pytest.mark.parametrize("root", EVERYTHING)
def test_files_have_at_most_250_lines(root: str) -> None:
    sizes = {module.path: len(module.text.splitlines()) for module in modules(root)}

    assert {path: size for path, size in sizes.items() if size > MOST_LINES_OF_A_FILE} == {}


@pytest.mark.parametrize("root", EVERYTHING)
def test_functions_have_at_most_40_lines(root: str) -> None:
    sizes = {
        (module.path, function.name): (function.end_lineno or function.lineno) - function.lineno + 1
        for module in modules(root)
        for function in module.functions()
    }

    assert {name: size for name, size in sizes.items() if size > MOST_LINES_OF_A_FUNCTION} == {}


@pytest.mark.parametrize("root", EVERYTHING)
def test_blocks_are_nested_at_most_three_deep(root: str) -> None:
    depths = {
        (module.path, function.name): nesting(function)
        for module in modules(root)
        for function in module.functions()
    }

    assert {name: depth for name, depth in depths.items() if depth > DEEPEST_NESTING} == {}


@pytest.mark.parametrize("root", EVERYTHING)
def test_functions_take_at_most_three_positional_parameters(root: str) -> None:
    counts = {
        (module.path, function.name): positional_parameters(function)
        for module in modules(root)
        for function in module.functions()
    }
    counts.pop(_FOUR_PARTS_OF_AN_ADDRESS, None)

    assert {name: count for name, count in counts.items() if count > MOST_POSITIONAL_PARAMETERS} == {}
