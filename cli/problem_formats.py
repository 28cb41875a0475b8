"""Problems for programs: JSON, annotations of a pull request, and SARIF for code scanning."""

import json
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from shared.config.kind import Kind
from shared.config.kinds import KINDS
from shared.config.problem import ConfigProblem

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def json_text(problems: Sequence[ConfigProblem]) -> str:
    """One object: the problems in order, and how many refuse the configuration."""
    errors = sum(problem.is_error for problem in problems)
    whole = {
        "errors": errors,
        "warnings": len(problems) - errors,
        "problems": [as_json(problem) for problem in problems],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False)


def as_json(problem: ConfigProblem) -> dict[str, object]:
    """Everything about one problem."""
    return {
        "code": problem.code,
        "severity": problem.kind.severity,
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "end_column": problem.end_column,
        "path": problem.path,
        "message": problem.message,
        "allowed": list(problem.allowed),
        "suggestion": problem.suggestion,
        "detail": problem.detail,
        "link": problem.kind.link,
    }


def github_text(problems: Sequence[ConfigProblem]) -> str:
    """A workflow command each, which GitHub shows beside the line ("Workflow commands for GitHub Actions")."""
    return "\n".join(_annotation(problem) for problem in problems)


def _annotation(problem: ConfigProblem) -> str:
    place = {"file": problem.file, "line": problem.line, "col": problem.column}
    if problem.end_column is not None:
        place["endColumn"] = problem.end_column
    place["title"] = f"{problem.code} {problem.kind.title}"
    values = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in place.items())
    return f"::{problem.kind.severity} {values}::{_escaped(problem.detail)}"


def _escaped(text: str, signs: str = "") -> str:
    return "".join(f"%{ord(each):02X}" if each in f"%\r\n{signs}" else each for each in text)


def sarif_text(problems: Sequence[ConfigProblem]) -> str:
    """SARIF 2.1.0, as code scanning takes it."""
    rules = [_rule(KINDS[code]) for code in sorted({problem.code for problem in problems})]
    driver = {"name": "convergence", "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem) for problem in problems],
    }
    whole = {"$schema": _SARIF, "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _rule(kind: Kind) -> Mapping[str, object]:
    return {
        "id": kind.code,
        "shortDescription": {"text": kind.title},
        "fullDescription": {"text": kind.explanation},
        "defaultConfiguration": {"level": kind.severity},
    }


def _result(problem: ConfigProblem) -> Mapping[str, object]:
    region = {"startLine": problem.line, "startColumn": problem.column}
    if problem.end_column is not None:
        region["endColumn"] = problem.end_column
    location = {"artifactLocation": {"uri": quote(problem.file)}, "region": region}
    return {
        "ruleId": problem.code,
        "level": problem.kind.severity,
        "message": {"text": problem.detail},
        "locations": [{"physicalLocation": location}],
    }
