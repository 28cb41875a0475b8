"""Secrets that sources name, and that are not there."""

from collections.abc import Iterator

from shared.config import kinds
from shared.config.beyond import SecretNames
from shared.config.document import Document, Location
from shared.config.inside_scalar import value_at
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
    named = (place for place in document.positions if place[-1:] == ("secret",))
    return next((place for place in named if value_at(document, place) == secret), ())
