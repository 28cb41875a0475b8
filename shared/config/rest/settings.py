"""The settings of a REST source: dlt's words, what they refer to is there, and no secret is written out."""

from collections.abc import Iterator

from pydantic import JsonValue, ValidationError

from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.rest.reach import check_reach
from shared.config.rest.resources import check_resources
from shared.config.rest.secrets import check_written_out
from shared.config.rest.shape import misfits
from shared.config.rest.words import PARAMETER, SECRET, SETTINGS
from shared.domain.egress import Egress
from shared.domain.parameter import DateRangeParameter
from shared.domain.pipeline import Pipeline
from shared.domain.reference import ParameterReference, SecretReference, references
from shared.domain.rest_settings import settings_of
from shared.domain.source import RestApiSource


def check_rest_settings(source: RestApiSource, place: Place, egress: Egress) -> Iterator[ConfigProblem]:
    """Words that dlt doesn't know, guesses, secrets written into the file, and addresses that may not be reached."""
    settings = settings_of(source)
    for word, value in settings.items():
        yield from misfits(value, SETTINGS[word], place.at(word))
    yield from check_written_out(settings, place)
    yield from check_reach(settings, place, egress)
    yield from check_resources(source, settings, place)


def check_rest_source(
    source: RestApiSource, pipeline: Pipeline, place: Place, *, egress: Egress
) -> Iterator[ConfigProblem]:
    """All that, and references to what the pipeline that reads the source does not have."""
    yield from check_rest_settings(source, place, egress)
    known = tuple(
        end
        for name, parameter in pipeline.parameters.items()
        for end in (
            (f"{name}_start", f"{name}_end") if isinstance(parameter, DateRangeParameter) else (name,)
        )
    )
    for location, reference in references(settings_of(source)):
        yield from _check_reference(reference, known, place.at(*location))


def _check_reference(
    reference: dict[str, JsonValue], known: tuple[str, ...], place: Place
) -> Iterator[ConfigProblem]:
    is_secret = "secret" in reference
    model = SecretReference if is_secret else ParameterReference
    wrong = tuple(misfits(reference, SECRET if is_secret else PARAMETER, place))
    if wrong:
        yield from wrong
        return
    try:
        found = model.model_validate(reference)
    except ValidationError as error:
        yield place.problem(f"is not a reference: {error.errors()[0]['msg']}")
        return
    if isinstance(found, ParameterReference) and found.parameter not in known:
        yield place.at("parameter").unknown(
            found.parameter, known, what="a parameter of this pipeline, or an end of its date range"
        )
