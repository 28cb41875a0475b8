"""The code that is held to the style: every module of ours, parsed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCTION = ("shared", "functions")
EVERYTHING = (*PRODUCTION, "cli", "local", "scripts", "benchmarks")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of Python."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything in it, from the outside in."""
        return _walked(self.text)

    def functions(self) -> Iterator[Function]:
        """Every function, also those inside of others."""
        return (node for node in self.nodes if isinstance(node, Function))


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def _walked(text: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(_parsed(text)))


@cache
def modules(*roots: str) -> tuple[Module, ...]:
    """The modules below the roots, and main.py."""
    files = [ROOT / "main.py", *(file for root in roots for file in sorted((ROOT / root).rglob("*.py")))]
    return tuple(Module(str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")) for file in files)
