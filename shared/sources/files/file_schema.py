"""What the JSON Schema of a source of files says of keys that depend on its format and its place."""

from pydantic import JsonValue

from shared.config.typed_schema import JsonSchema
from shared.domain.stated_keys import has_word, some_of, stated
from shared.sources.files.addresses import AZ, S3
from shared.sources.files.source import FORMATS_BY_WORD, SCHEMES_BY_WORD, FilesSource


def file_schema() -> JsonSchema:
    """Keys say nothing about other formats and places, and some places need them."""
    return {"allOf": [*map(_of_format, FORMATS_BY_WORD), *map(_of_place, SCHEMES_BY_WORD), *_NEEDED]}


def _of_format(word: str) -> JsonValue:
    default = FilesSource.model_fields[word].default
    said: JsonSchema = {"not": {"enum": [list(default) if isinstance(default, tuple) else default]}}
    return {
        "if": {"required": [word], "properties": {word: said}},
        "then": has_word("format", *FORMATS_BY_WORD[word]),
    }


def _of_place(word: str) -> JsonValue:
    return {"if": stated(word), "then": _begins_with(*SCHEMES_BY_WORD[word])}


def _begins_with(*schemes: str) -> JsonSchema:
    return {"required": ["path"], "properties": {"path": {"pattern": f"^({'|'.join(schemes)})"}}}


_NEEDED: tuple[JsonValue, ...] = (
    {"if": _begins_with(S3), "then": some_of("region", "endpoint")},
    {"if": _begins_with(AZ), "then": stated("account")},
)
