"""What is wrong about a REST source that goes on from where an earlier run ended."""

import pytest

from shared.config.recipe import load_recipe
from shared.domain.source import RestApiSource
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import PIPELINE, SOURCE, problems_of

PAGED = "paginator: single_page, data_selector: data"
MERGED = """\
parameters: {days: {type: date_range, default: yesterday}}
steps:
  - {id: load, type: ingest, source: charges, destination: {table: raw_data, mode: merge, keys: [data.id]}}
"""
CURSOR = "cursor_path: updated_at, initial_value: 2025-01-01, lag: 60"


def files(endpoint: str, *, defaults: str = "", more: str = "", pipeline: str = MERGED) -> dict[str, str]:
    """The tenant's, with a source whose resource has these words of its endpoint besides."""
    text = (
        "type: rest_api\n"
        "client: {base_url: https://api.example.com}\n"
        f"resource_defaults: {{endpoint: {{{defaults}}}}}\n"
        f"resource: costs\n"
        f"resources: [{{name: costs, endpoint: {{path: costs, {PAGED}, {endpoint}}}}}{more}]\n"
    )
    return {**FILES, SOURCE: text, PIPELINE: pipeline}


RIGHT = [
    f"incremental: {{{CURSOR}, start_param: since}}",
    f"incremental: {{{CURSOR}, start_param: since, convert: unix_ms, on_cursor_value_missing: exclude}}",
    f"params: {{since: {{type: incremental, {CURSOR}}}}}",
    f"incremental: {{{CURSOR}}}, params: {{q: 'since {{incremental.start_value}}'}}",
    f"incremental: {{{CURSOR}}}, method: POST, json: {{filter: {{since: '{{incremental.start_value}}'}}}}",
    "incremental: {cursor_path: id, initial_value: 0, lag: 0, start_param: after}",
    "incremental: {cursor_path: at, initial_value: {parameter: days_start}, lag: 1, start_param: after}",
]


@pytest.mark.parametrize("endpoint", RIGHT)
def test_dlts_words_are_taken(endpoint: str) -> None:
    source = load_recipe(MemoryFolder(files(endpoint)), CHAIN).sources["charges"]

    assert source.needs.goes_on
    assert source.needs.parameters == ({"days_start"} if "days_start" in endpoint else set())


CHILD = ", {name: parents, endpoint: {path: parents, " + PAGED + "}}"
OTHERS = f", {{name: bills, endpoint: {{path: bills, {PAGED}, {RIGHT[0]}}}}}"


@pytest.mark.parametrize(
    ("words", "place", "problem"),
    [
        (
            {"endpoint": "incremental: {cursor_path: a, initial_value: 1, start_param: b}"},
            "resources[0].endpoint.incremental",
            "'lag' is missing",
        ),
        (
            {"endpoint": f"incremental: {{{CURSOR}}}"},
            "resources[0].endpoint.incremental",
            (
                "does not say how the API is asked: write 'start_param', or {incremental.start_value} below 'params' "
                "or 'json'"
            ),
        ),
        (
            {"endpoint": f"incremental: {{{CURSOR}, start_param: a}}, params: {{a: 1}}"},
            "resources[0].endpoint.params.a",
            "'a' is the 'start_param' of 'incremental', too",
        ),
        (
            {
                "endpoint": f"incremental: {{{CURSOR}, start_param: a}}, params: {{b: {{type: incremental, {CURSOR}}}}}"
            },
            "resources[0].endpoint.params.b",
            "'incremental' is said twice",
        ),
        (
            {"endpoint": f"incremental: {{{CURSOR}, start_param: a, range_start: open}}"},
            "resources[0].endpoint.incremental.range_start",
            (
                "'range_start' says what is always so here: what is read begins with the last value, and ends with the "
                "greatest"
            ),
        ),
        (
            {"endpoint": f"incremental: {{{CURSOR}, start_param: a, primary_key: id}}"},
            "resources[0].endpoint.incremental.primary_key",
            "'primary_key' is not needed here: 'keys' of the destination say what makes a row the same row",
        ),
        (
            {"endpoint": "incremental: {cursor_path: a, initial_value: 01ARZ3, lag: 1, start_param: b}"},
            "resources[0].endpoint.incremental.lag",
            "must be 0: 'initial_value' is a text, before which nothing lies by a number",
        ),
        (
            {"endpoint": "incremental: {cursor_path: a, initial_value: 5, lag: -1, start_param: b}"},
            "resources[0].endpoint.incremental.lag",
            "must be 0 or more: what is later than the last value is not known yet",
        ),
        (
            {
                "endpoint": "incremental: {cursor_path: a, initial_value: 5, lag: 1, start_param: b, convert: unix}"
            },
            "resources[0].endpoint.incremental.convert",
            "writes dates and times, and 'initial_value' is neither",
        ),
        (
            {"endpoint": "headers: {X-Since: '{incremental.start_value}'}"},
            "resources[0].endpoint.headers.X-Since",
            (
                "{incremental.start_value} stands for nothing here; write it below 'params' or 'json' of the endpoint "
                "that says 'incremental'"
            ),
        ),
        (
            {
                "endpoint": RIGHT[0] + ", params: {id: {type: resolve, resource: parents, field: id}}",
                "more": CHILD,
            },
            "resources[0].endpoint.incremental",
            (
                "can't be of a resource that is asked for each row of another: a row of that one that comes later may "
                "have old ones below it"
            ),
        ),
        (
            {"endpoint": "method: GET", "more": OTHERS},
            "resources[1].endpoint.incremental",
            "is of a resource whose rows are not ingested; only those can go on from where they were read",
        ),
        (
            {"endpoint": "method: GET", "defaults": RIGHT[0]},
            "resource_defaults.endpoint.incremental",
            "'incremental' is of one resource's rows; write it there",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(words: dict[str, str], place: str, problem: str) -> None:
    [found] = problems_of(files(**words))

    assert found.endswith(f" {place}: {problem}")
    assert found.startswith(SOURCE)


def test_rows_that_are_read_again_are_merged() -> None:
    [found] = problems_of(files(RIGHT[0], pipeline=FILES[PIPELINE]))

    assert "steps[0].destination.mode: 'append' would hold rows twice" in found


def test_what_says_nothing_about_rows_leaves_the_cursor_where_it_is() -> None:
    def way(lag: int = 0, params: object = None, **more: object) -> str | None:
        incremental = {"cursor_path": "at", "initial_value": 1, "lag": lag, "start_param": "since"}
        endpoint = {"path": "costs", "params": params or {}, "incremental": incremental}
        said = {"client": {"base_url": "https://a"}, "resources": [{"name": "costs", "endpoint": endpoint}]}
        return RestApiSource.model_validate({"type": "rest_api", **said, **more}).needs.way

    assert {way(60), way(description="Costs"), way(max_pages=7)} == {way()}
    others = [
        way(params={"team": 1}),
        way(client={"base_url": "https://b"}),
        way(columns={"a": {"from": "b"}}),
    ]
    assert len({way(), *others}) == len(others) + 1
