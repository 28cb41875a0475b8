"""What a JSON Schema says of keys that go together, for models that check the same."""

from pydantic import JsonValue

Condition = dict[str, JsonValue]


def stated(key: str) -> Condition:
    """The key is there and not empty."""
    return {"required": [key], "properties": {key: {"not": {"type": "null"}}}}


def one_of(*keys: str) -> Condition:
    """Exactly one of the keys is stated."""
    return {"oneOf": [stated(key) for key in keys]}


def some_of(*keys: str) -> Condition:
    """At least one of the keys is stated."""
    return {"anyOf": [stated(key) for key in keys]}


def has_word(key: str, *words: str) -> Condition:
    """The key is there, and is one of the words."""
    return {"required": [key], "properties": {key: {"enum": list(words)}}}
