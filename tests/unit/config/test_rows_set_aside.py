"""Where rows that don't fit can be set aside so that each of them is there once."""

import pytest

from shared.config.problem import ConfigError
from shared.config.recipe import load_recipe
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import PIPELINE

ASIDE = "schema: {breaking_rows: quarantine}"


def told(destination: str, *, source: str = "charges", **files: str) -> list[str]:
    """What is said about an ingest step with this destination, without its place."""
    pipeline = (
        "parameters: {days: {type: date_range, default: yesterday}}\n"
        f"steps: [{{id: load, type: ingest, source: {source}, destination: {{{destination}}}}}]\n"
    )
    try:
        load_recipe(MemoryFolder({**FILES, PIPELINE: pipeline, **files}), CHAIN)
    except ConfigError as error:
        return [str(each).split("steps[0].destination.")[1] for each in error.problems]
    return []


def schema(name: str, *, columns: str = "{name: a, type: STRING}") -> dict[str, str]:
    return {f"acme/schemas/{name}.yml": f"name: {name}\ncolumns: [{columns}]\n"}


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_rows_of_files_are_set_aside_whether_appended_or_replaced(mode: str) -> None:
    assert told(f"table: raw_data, mode: {mode}, {ASIDE}") == []


def test_what_would_not_be_exact_is_refused_with_what_would() -> None:
    window = "window: {column: data.day, parameter: days}"

    assert told(f"table: raw_data, mode: replace, {window}, {ASIDE}") == [
        (
            "schema.breaking_rows: doesn't go with 'window': a row that doesn't fit may lie in no window, so that "
            "none would replace it; replace without a window, append, or use a source with 'load: changed'"
        )
    ]
    assert told(f"table: raw_data, mode: merge, keys: [data.id], {ASIDE}") == [
        (
            "schema.breaking_rows: doesn't go with 'mode: merge': a row that doesn't fit may have no keys, so that "
            "none would replace it; use append, or replace without a window"
        )
    ]
    assert told(f"table: costs, mode: replace, {ASIDE}", **schema("costs")) == [
        (
            "schema.breaking_rows: needs a column 'pipeline_id' in 'costs', so that a replacement is about the same "
            "rows in both"
        )
    ]
    assert told(f"table: costs, mode: append, {ASIDE}", **schema("costs")) == []


def test_a_table_of_the_tenant_s_own_is_never_taken_for_the_quarantine() -> None:
    assert told(f"table: raw_data, mode: append, {ASIDE}", **schema("raw_data_quarantine")) == [
        (
            "schema.breaking_rows: sets rows aside into 'raw_data_quarantine', which is a table of schemas/; give "
            "that one another name"
        )
    ]


def test_rows_of_bigquery_have_types_already() -> None:
    again = {"acme/sources/again.yml": "type: bigquery\ntable: acme.raw_data\n"}

    assert told(f"table: raw_data, mode: append, {ASIDE}", source="again", **again) == [
        "schema: says nothing about a source in BigQuery: its query says which columns there are"
    ]
