"""The settings of a REST source: what they refer to is there, and no secret is written out."""

from collections.abc import Iterator

from pydantic import JsonValue, ValidationError

from shared.config.document import Location
from shared.config.problem import ConfigProblem
from shared.config.recipe_checks import Place
from shared.domain.parameter import DateRangeParameter
from shared.domain.pipeline import Pipeline
from shared.domain.reference import ParameterReference, SecretReference, references
from shared.domain.source import RestApiSource

_SECRET_KEYS = frozenset({"api_key", "token", "password", "access_token", "client_secret", "private_key"})


def check_rest_source(source: RestApiSource, pipeline: Pipeline, place: Place) -> Iterator[ConfigProblem]:
    """References to what is not there, and secrets written into the file."""
    known = tuple(
        end
        for name, parameter in pipeline.parameters.items()
        for end in (
            (f"{name}_start", f"{name}_end") if isinstance(parameter, DateRangeParameter) else (name,)
        )
    )
    settings: dict[str, JsonValue] = {
        "client": source.client,
        "resource_defaults": source.resource_defaults,
        "resources": list(source.resources),
    }
    for location, reference in references(settings):
        yield from _check_reference(reference, known, place.at(*location))
    for location, key in _written_out(settings):
        yield place.at(*location).problem(
            f"'{key}' is a secret; write {{secret: name}} and keep it in secrets/"
        )
    if len(source.resources) > 1 and source.resource is None:
        yield place.at("resources").problem(
            "there are several resources; 'resource' must say whose rows are meant"
        )


def _check_reference(
    reference: dict[str, JsonValue], known: tuple[str, ...], place: Place
) -> Iterator[ConfigProblem]:
    model = SecretReference if "secret" in reference else ParameterReference
    try:
        found = model.model_validate(reference)
    except ValidationError as error:
        yield place.problem(f"is not a reference: {error.errors()[0]['msg']}")
        return
    if isinstance(found, ParameterReference) and found.parameter not in known:
        yield place.at("parameter").unknown(
            found.parameter, known, what="a parameter of this pipeline, or an end of its date range"
        )


def _written_out(value: JsonValue, location: Location = ()) -> Iterator[tuple[Location, str]]:
    match value:
        case dict():
            for key, inner in value.items():
                here = (*location, key)
                if key in _SECRET_KEYS and isinstance(inner, str):
                    yield here, key
                yield from _written_out(inner, here)
        case list():
            for index, inner in enumerate(value):
                yield from _written_out(inner, (*location, index))
