"""What editors are told of configuration files, held against files that are right and files that are wrong."""

import json
import re
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from shared.config.document import parse_document
from shared.config.json_schema import KINDS as FILE_KINDS
from shared.config.kinds import KINDS
from shared.config.place import Place
from shared.config.problem import ConfigError
from shared.config.reading import Reading
from shared.config.source_checks import check_source
from shared.config.source_file import SourceFile
from shared.config.validation import validate
from shared.domain.pipeline import Pipeline
from shared.sources.rest_api.checks.shape import Typed
from shared.sources.rest_api.checks.words import AUTH, PAGINATOR
from tests.fakes.configs import MemoryFolder
from tests.unit.cli.mistake_cases import Mistake, all_mistakes
from tests.unit.config.schema_files import kind_of, refused, right_files, validator

OF_SHAPE = {"CV0010", "CV0101", "CV0102", "CV0103", "CV0104", "CV0105", "CV0108"}
"""Every problem of these kinds is told as the file is typed."""

NOT_OF_SHAPE = {
    "is about files and folders, not about what is in one": ("CV0001", "CV0002", "CV0003", "CV0004"),
    "is YAML that editors take": ("CV0011", "CV0012"),
    "is about what a text says, in a language of its own": ("CV0106", "CV0223", "CV0227"),
    "needs another file": (
        "CV0107", "CV0201", "CV0202", "CV0203", "CV0213", "CV0216", "CV0217", "CV0218", "CV0219", "CV0220", "CV0221",
        "CV0222", "CV0224", "CV0226", "CV0228", "CV0401", "CV0402", "CV0403",
    ),
    "needs another place of the file": ("CV0204", "CV0205", "CV0206", "CV0211", "CV0212", "CV0214", "CV0215"),
    "needs to know what secrets are called": ("CV0225",),
    "is SQL": (
        "CV0301", "CV0302", "CV0303", "CV0304", "CV0305", "CV0306", "CV0307", "CV0311", "CV0312", "CV0313", "CV0314",
        "CV0315",
    ),
}  # fmt: skip
"""What a schema can't know, or not always, and why."""


def test_every_kind_of_problem_is_of_shape_or_there_is_a_reason() -> None:
    assert sorted([*OF_SHAPE, *(code for codes in NOT_OF_SHAPE.values() for code in codes)]) == sorted(KINDS)


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_a_schema_is_one_of_draft_7_and_names_nothing_of_our_code(kind: str) -> None:
    schema = validator(kind).schema

    jsonschema.Draft7Validator.check_schema(schema)
    assert "discriminator" not in _words(schema)
    assert not {each["title"] for each in schema["$defs"].values() if "title" in each} & set(schema["$defs"])
    assert _lonely_references(schema)


def _words(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {word for each in schema for word in _words(each)}
    if not isinstance(schema, dict):
        return set()
    inner = [part for key, part in schema.items() if key not in ("default", "enum")]
    return {*schema, *(word for part in inner for word in _words(part))}


def _lonely_references(schema: Any) -> bool:
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    is_lonely = not (isinstance(schema, dict) and isinstance(schema.get("$ref"), str)) or len(schema) == 1
    return is_lonely and all(map(_lonely_references, parts))


@pytest.mark.parametrize(
    ("path", "text"), right_files(), ids=lambda value: value if "\n" not in value else ""
)
def test_what_is_right_is_not_refused(path: str, text: str) -> None:
    assert refused({path: text}) == []


@pytest.mark.parametrize("mistake", all_mistakes(), ids=lambda mistake: mistake.title)
def test_a_mistake_of_shape_is_refused(mistake: Mistake) -> None:
    codes = set(re.findall(r"error (CV\d+)", mistake.said))

    assert bool(refused(mistake.files)) >= bool(codes & OF_SHAPE)


_RIGHT = [
    (kind, parse_document(text, file="").value) for path, text in right_files() if (kind := kind_of(path))
]
_OTHERS: list[JsonValue] = [
    3,
    0,
    -1,
    True,
    None,
    [],
    {},
    "",
    "x",
    "2025-11-01",
    ["a"],
    {"a": 1},
    "merge",
    "bigquery",
]

_PIPELINE = Pipeline.model_validate(
    {
        "parameters": {"date_range": {"type": "date_range"}},
        "steps": [{"id": "check", "type": "dq", "table": "raw_data", "rules": "quality"}],
    }
)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_what_is_refused_is_wrong_and_what_has_another_shape_is_refused(data: st.DataObject) -> None:
    kind, right = data.draw(st.sampled_from(_RIGHT))
    changed = json.loads(json.dumps(right))
    _change(changed, data)

    codes = _codes(kind, changed)
    told = list(validator(kind).iter_errors(changed))

    assert bool(told) <= bool(codes), [error.message for error in told]
    assert bool(codes & OF_SHAPE) <= bool(told), codes


def _change(value: Any, data: st.DataObject) -> None:
    """Take a key or an item away, call it otherwise, or put another value in its place."""
    places = list(_places(value))
    around, key = data.draw(st.sampled_from(places))
    what = data.draw(st.sampled_from(("without", "misspelt", "other")))
    if what == "other":
        around[key] = data.draw(st.sampled_from(_OTHERS))
        return
    old = around.pop(key)
    if what == "misspelt" and isinstance(around, dict):
        around[f"{key}s"] = old


def _places(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from _places(inner)


def _codes(kind: str, value: JsonValue) -> set[str]:
    """The codes of what is wrong with a file by itself."""
    document, file_kind = parse_document(json.dumps(value), file=""), FILE_KINDS[kind]
    extends = isinstance(value, dict) and "extends" in value and file_kind.extension is not None
    try:
        found = validate(
            document, file_kind.extension if extends and file_kind.extension else file_kind.model
        )
    except ConfigError as error:
        return {problem.code for problem in error.problems}
    if not isinstance(found, SourceFile):
        return set()
    reading = Reading(MemoryFolder({}), "acme")
    problems = check_source(found.root, Place(document, ()), reading=reading, pipeline=_PIPELINE)
    return {problem.code for problem in problems}


def _source(**client: Any) -> JsonValue:
    resources: JsonValue = [{"name": "costs", "endpoint": {"data_selector": "$"}}]
    return {"type": "rest_api", "client": {"base_url": "https://a.example", **client}, "resources": resources}


@pytest.mark.parametrize(("key", "shape"), [("paginator", PAGINATOR), ("auth", AUTH)])
def test_dlts_words_are_known_by_their_type(key: str, shape: Typed) -> None:
    for word, keys in shape.keys_by_type.items():
        needed = {each: 1 if each == "limit" else {"secret": "x"} for each in keys.required}
        right = {"type": word, **needed}

        assert not list(validator("source").iter_errors(_source(**{key: right})))
        assert list(validator("source").iter_errors(_source(**{key: {**right, "optionel": True}}))), word
        assert list(validator("source").iter_errors(_source(**{key: {"type": f"{word}s", **needed}}))), word
        for each in needed:
            less = {name: value for name, value in right.items() if name != each}
            assert list(validator("source").iter_errors(_source(**{key: less}))), (word, each)
