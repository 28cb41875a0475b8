"""The parameters in the path of a source: the pipeline has them, and they can stand there."""

from collections.abc import Iterator

from shared.config import kinds
from shared.config.place import Place
from shared.config.problem import ConfigProblem
from shared.domain.parameter import EnumParameter, Parameter, StringParameter
from shared.domain.path_template import PathTemplate, Placeholder, require_literal
from shared.domain.pipeline import Pipeline
from shared.domain.sql_parameter import sql_names

_DATES = ("date", "date_range")


def check_path_parameters(
    template: PathTemplate, pipeline: Pipeline, place: Place
) -> Iterator[ConfigProblem]:
    """Unknown parameters, formats of what is no date, a second date range, and words that can't stand in a path."""
    declared = pipeline.parameters
    owner_by_name = {
        called: name
        for name, parameter in declared.items()
        for called in (name, *sql_names(name, parameter.type))
    }
    ranges: list[str] = []
    for each in dict.fromkeys(template.placeholders):
        if each.name not in owner_by_name:
            what = "a parameter of this pipeline, or an end of its date range"
            yield place.unknown(kinds.UNKNOWN_PARAMETER, each.name, tuple(owner_by_name), what=what)
            continue
        owner = declared[owner_by_name[each.name]]
        yield from _check_value(each, owner, place)
        if owner.type == "date_range" and each.name in declared and each.name not in ranges:
            ranges.append(each.name)
    if len(ranges) > 1:
        yield place.problem(
            kinds.MEANINGLESS_VALUE,
            f"goes through the days of '{ranges[0]}' and of '{ranges[1]}'; a path goes through those of one. "
            f"An end of a date range is '{ranges[1]}_start' or '{ranges[1]}_end'",
        )


def _check_value(each: Placeholder, owner: Parameter, place: Place) -> Iterator[ConfigProblem]:
    if each.format is not None and owner.type not in _DATES:
        yield place.problem(
            kinds.MEANINGLESS_VALUE,
            f"has a format for '{each.name}', which is no date but of type {owner.type}",
        )
    words: tuple[str, ...] = ()
    if isinstance(owner, EnumParameter):
        words = owner.values
    elif isinstance(owner, StringParameter) and owner.default is not None:
        words = (owner.default,)
    for word in words:
        try:
            require_literal(word)
        except ValueError as error:
            yield place.problem(kinds.MEANINGLESS_VALUE, f"'{each.name}' may be '{word}', but {error}")
            return
