"""Configuration files that are right, and what their JSON Schemas say of others."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import jsonschema
import yaml

from shared.config.document import parse_document
from shared.config.json_schema import KINDS, json_schema
from shared.config.problem import ConfigError
from tests.stage import ROOT

_BLOCK = re.compile(r"^```yaml\n# configs/(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROOTS = (
    "configs",
    "terraform/tests/configs",
    "terraform/modules/configuration/tests/configs",
    "terraform/modules/tenants/tests/configs/*",
)


def kind_of(path: str) -> str | None:
    """The kind of file that the path, from the root of the configurations, is of; the last one that it may be."""
    parts = path.split("/")
    fitting = [kind for kind, file_kind in KINDS.items() if _fits(parts, file_kind.pattern.split("/"))]
    return fitting[-1] if fitting else None


def _fits(parts: list[str], pattern: list[str]) -> bool:
    return len(parts) == len(pattern) and all(map(fnmatchcase, parts, pattern))


@cache
def validator(kind: str) -> Any:
    """What a standard validator makes of the kind's schema."""
    return jsonschema.Draft7Validator(json_schema(kind))


def refused(files: dict[str, str]) -> list[str]:
    """What an editor refuses of the files: their YAML, or what their schemas say of it."""
    return [each for path, text in files.items() if (kind := kind_of(path)) for each in _refused(kind, text)]


@cache
def _refused(kind: str, text: str) -> tuple[str, ...]:
    """Most of the files are the same in each test."""
    return tuple(_refusals(kind, text))


def _refusals(kind: str, text: str) -> Iterator[str]:
    try:
        value: Any = parse_document(text, file="").value
    except ConfigError:
        # Editors read YAML that we don't.
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            yield str(error)
            return
    yield from (f"{error.json_path}: {error.message}" for error in validator(kind).iter_errors(value))


def right_files() -> list[tuple[str, str]]:
    """Path and text of every example, template and test configuration in the repository and its documentation."""
    roots = sorted(root for pattern in _ROOTS for root in ROOT.glob(pattern))
    files = [(root, path) for root in roots for path in sorted(root.rglob("*.yml"))]
    pages = sorted((ROOT / "docs").rglob("*.md"))
    return [
        *((path.relative_to(root).as_posix(), path.read_text()) for root, path in files),
        *(found for page in pages for found in _BLOCK.findall(page.read_text())),
    ]
