"""Definitions by which the log knows what was done before: two that are alike have the same hash."""

import hashlib
import json


def definition_hash(definition: object) -> str:
    """The same for the same JSON value, whatever the order of its keys. The log keeps it, so it stays as it is."""
    return hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()[:16]
