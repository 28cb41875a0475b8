"""The settings of a REST source: dlt's words, what they refer to is there, and no secret is written out."""

from collections.abc import Iterator

from pydantic import JsonValue, ValidationError

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.domain.parameter import DateRangeParameter
from shared.domain.pipeline import Pipeline
from shared.domain.reference import ParameterReference, SecretReference, references
from shared.sources.rest_api.checks.going_on import check_going_on
from shared.sources.rest_api.checks.reach import check_reach
from shared.sources.rest_api.checks.resources import check_resources
from shared.sources.rest_api.checks.secrets import check_written_out
from shared.sources.rest_api.checks.shape import misfits
from shared.sources.rest_api.checks.words import PARAMETER, SECRET, SETTINGS
from shared.sources.rest_api.source import RestApiSource


def check_source(
    source: RestApiSource, place: Place, *, reading: Reading, pipeline: Pipeline | None
) -> Iterator[ConfigProblem]:
    """Words that dlt doesn't know, guesses, secrets written into the file, and addresses that may not be reached.

    In a pipeline also references to what it does not have.
    """
    settings = source.settings
    for word, value in settings.items():
        yield from misfits(value, SETTINGS[word], place.at(word))
    yield from check_written_out(settings, place)
    yield from check_reach(settings, place, reading.egress)
    yield from check_resources(source, settings, place)
    yield from check_going_on(source, place)
    if pipeline is not None:
        yield from _check_references(source, pipeline, place)


def _check_references(source: RestApiSource, pipeline: Pipeline, place: Place) -> Iterator[ConfigProblem]:
    known = tuple(
        end
        for name, parameter in pipeline.parameters.items()
        for end in (
            (f"{name}_start", f"{name}_end") if isinstance(parameter, DateRangeParameter) else (name,)
        )
    )
    for location, reference in references(source.settings):
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
        yield place.problem(kinds.WRONG_REQUEST, f"is not a reference: {error.errors()[0]['msg']}")
        return
    if isinstance(found, ParameterReference) and found.parameter not in known:
        yield place.at("parameter").unknown(
            kinds.UNKNOWN_PARAMETER,
            found.parameter,
            known,
            what="a parameter of this pipeline, or an end of its date range",
        )
