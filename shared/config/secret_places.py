"""Secrets that sources name, and that are not there."""

from collections.abc import Iterator

from shared.config import kinds
from shared.config.beyond import SecretNames
from shared.config.document import Document, Location
from shared.config.problem import ConfigProblem
from shared.config.recipe_parts import RecipeParts
from shared.domain.ids import TenantId


def secret_problems(parts: RecipeParts, tenant_id: TenantId, secrets: SecretNames) -> Iterator[ConfigProblem]:
    """The secrets of the sources that were read which nobody has put where they are kept."""
    for name, source in parts.sources.items():
        place = parts.source_places[name]
        for secret in sorted(source.needs.secrets):
            where = secrets.lacks(tenant_id, secret)
            if where is not None:
                here = place.at(*_location(place.document, secret))
                yield here.problem(
                    kinds.MISSING_SECRET, f"the secret '{secret}' is not there; write its value to {where}"
                )


def _location(document: Document, secret: str) -> Location:
    """Where the document says `{secret: name}`."""
    return next((place for place in document.positions if _names(document.value, place, secret)), ())


def _names(value: object, location: Location, secret: str) -> bool:
    if location[-1:] != ("secret",):
        return False
    for part in location:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part] if part < len(value) else None
    return value == secret
