"""JSON Schemas of the configuration files, from the same models that check them, for editors.

Of draft 7, the newest that editors of YAML hold files against: yaml-language-server and PyCharm both know it.
"""

import re
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.config.recipe import Extension
from shared.config.source_file import SourceFile
from shared.config.typed_schema import JsonSchema, by_type
from shared.domain.pipeline import Pipeline
from shared.domain.pipeline_tests import PipelineTests
from shared.domain.rule import RuleSet
from shared.domain.source import Source
from shared.domain.table import Table
from shared.domain.tenant import Tenant
from shared.sources.parts import find_part

DRAFT = "http://json-schema.org/draft-07/schema#"
_DEFINITIONS = "#/$defs/"
_SAID_OF_A_KEY = ("description", "markdownDescription", "default", "minItems")
"""What a model says of a key, whoever says what stands below it."""


@dataclass(frozen=True)
class FileKind:
    """A kind of configuration file."""

    pattern: str
    """Which files these are, from the root of the configurations."""
    model: type[BaseModel]
    extension: type[BaseModel] | None = None
    """What it is if it has the key `extends`."""


KINDS = {
    "tenant": FileKind("*/tenant.yml", Tenant),
    "pipeline": FileKind("*/pipelines/*/*/*.yml", Pipeline, Extension),
    "template": FileKind("templates/pipelines/*/*/*.yml", Pipeline),
    "source": FileKind("*/sources/*.yml", SourceFile),
    "rules": FileKind("*/dq_rules/*.yml", RuleSet),
    "table": FileKind("*/schemas/*.yml", Table),
    "tests": FileKind("*/tests/*.yml", PipelineTests),
}


def json_schema(kind: str) -> JsonSchema:
    """The schema of one kind of file. What spans several files, and what SQL says, only `check_tenant` sees."""
    models = [model for model in (KINDS[kind].model, KINDS[kind].extension) if model is not None]
    references, generated = models_json_schema([(model, "validation") for model in models])
    definitions: dict[str, Any] = generated["$defs"]
    definitions = {
        name: {"title": _words_of(name), **_plain(schema, definitions)}
        for name, schema in definitions.items()
    }
    for source in get_args(get_args(Source)[0]):
        if source.__name__ in definitions:
            _complete(definitions, source)
    whole, *extension = (references[model, "validation"] for model in models)
    root = {"if": {"required": ["extends"]}, "then": extension[0], "else": whole} if extension else whole
    return {"$schema": DRAFT, **_plain({"type": "object", **root}, definitions), "$defs": definitions}


def _complete(definitions: dict[str, Any], source: type[BaseModel]) -> None:
    """Put in what the source's type says of a file beyond its model."""
    (name,) = get_args(source.model_fields["type"].annotation)
    file_schema = find_part(name, "file_schema")
    if file_schema is None:
        return
    more, known = file_schema(), definitions[source.__name__]
    for key, schema in more.get("properties", {}).items():
        said = known["properties"][key]
        known["properties"][key] = {**schema, **{word: said[word] for word in _SAID_OF_A_KEY if word in said}}
    known["allOf"] = [*known.get("allOf", ()), *more.get("allOf", ())]
    definitions.update(more.get("$defs", {}))


def _words_of(name: str) -> str:
    """What people call a model; an editor offers it where all its keys may be put in at once."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _plain(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema in the words that editors know, without names of our own code."""
    if isinstance(schema, list):
        return [_plain(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {
        key: _plain_part(key, part, definitions) for key, part in schema.items() if not _is_idle(key, part)
    }
    if "discriminator" in plain:
        chosen = plain.pop("discriminator")
        del plain["oneOf"]
        cases = {word: {"$ref": place} for word, place in chosen["mapping"].items()}
        meanings = {
            word: definitions[place.removeprefix(_DEFINITIONS)]["description"].partition("\n")[0]
            for word, place in chosen["mapping"].items()
        }
        plain |= by_type(cases, meanings=meanings)
    if "`" in str(plain.get("description")):
        plain["markdownDescription"] = plain["description"]  # which VS Code shows as it is meant
    if "$ref" in plain and len(plain) > 1:  # beside a reference nothing counts, in draft 7
        plain["allOf"] = [{"$ref": plain.pop("$ref")}]
    return plain


def _plain_part(key: str, part: Any, definitions: dict[str, Any]) -> Any:
    if key in ("properties", "patternProperties"):
        return {name: _plain(each, definitions) for name, each in part.items()}
    return (
        part
        if key in ("default", "enum", "const", "required", "discriminator")
        else _plain(part, definitions)
    )


def _is_idle(key: str, part: Any) -> bool:
    return (key == "title" and isinstance(part, str)) or (key == "default" and part is None)
