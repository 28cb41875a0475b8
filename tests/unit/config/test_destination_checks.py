"""Which steps of a pipeline may write to one table, and what is said about the others."""

import pytest

from shared.config.recipe import load_recipe
from shared.domain.table import OF_THE_RUN
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import PIPELINE, problems_of

READING = "SELECT DISTINCT data FROM raw_data WHERE pipeline_id = @pipeline_id\n"
TOTALS = (
    "name: totals\ncolumns: [{name: day, type: DATE}, {name: data, type: JSON}, {name: score, type: FLOAT}]\n"
)
OWN_PIPELINE = "give each a pipeline of its own, for a replacement touches only its own pipeline's rows"
OWN_TABLE = "give each a table of its own, or put both into one SELECT with UNION ALL"


def tenant(*steps: str, **sql: str) -> dict[str, str]:
    """The tenant's files with a pipeline of these steps, and these transforms."""
    lines = "".join(f"  - {{{step}}}\n" for step in steps)
    ranges = "{a: {type: date_range, default: yesterday}, b: {type: date_range, default: last_month}}"
    return {
        **FILES,
        "acme/schemas/totals.yml": TOTALS,
        "acme/sources/again.yml": "type: bigquery\ntable: acme.raw_data\n",
        PIPELINE: f"parameters: {ranges}\nsteps:\n{lines}",
        **{f"acme/transforms/{name}.sql": text for name, text in sql.items()},
    }


def ingest(step_id: str, destination: str, *, source: str = "charges", needs: str = "") -> str:
    return f"id: {step_id}, type: ingest, source: {source}, destination: {{{destination}}}{needs}"


def transform(step_id: str, destination: str, *, sql: str = "plain", needs: str = "") -> str:
    return f"id: {step_id}, type: transform, sql: {sql}, destination: {{{destination}}}{needs}"


RAW = "table: raw_data, mode: "
DAYS = "replace, window: {column: data.day, parameter: "
MERGE = "merge, keys: "
FREE = ", needs: []"
PLAIN = {"plain": "SELECT JSON '{}' AS data", "reading": READING}


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (ingest("x", f"{RAW}replace"), ingest("y", f"{RAW}replace"), "each replaces the other's rows"),
        (ingest("x", f"{RAW}replace"), transform("y", f"{RAW}replace"), "each replaces the other's rows"),
        (transform("x", f"{RAW}replace"), transform("y", f"{RAW}replace"), "each replaces the other's rows"),
        (
            ingest("x", f"{RAW}replace"),
            ingest("y", f"{RAW}replace", needs=FREE),
            "each replaces the other's rows",
        ),
        (ingest("x", f"{RAW}{DAYS}a}}"), ingest("y", f"{RAW}{DAYS}a}}"), "each replaces the other's rows"),
        (ingest("x", f"{RAW}{DAYS}a}}"), ingest("y", f"{RAW}{DAYS}b}}"), "each replaces the other's rows"),
        (ingest("x", f"{RAW}replace"), ingest("y", f"{RAW}{DAYS}a}}"), "each replaces the other's rows"),
        (ingest("x", f"{RAW}append"), ingest("y", f"{RAW}replace"), "'y' replaces the rows of 'x'"),
        (ingest("x", f"{RAW}append"), ingest("y", f"{RAW}{DAYS}a}}"), "'y' replaces the rows of 'x'"),
        (
            ingest("x", f"{RAW}replace"),
            ingest("y", f"{RAW}append"),
            "'x' replaces the rows that 'y' wrote in earlier runs",
        ),
        (
            transform("x", f"{RAW}{MERGE}[data.id]"),
            ingest("y", f"{RAW}replace"),
            "'y' replaces the rows of 'x'",
        ),
        (
            ingest("x", f"{RAW}{DAYS}a}}"),
            transform("y", f"{RAW}{MERGE}[data.id]"),
            "'x' replaces the rows that 'y' wrote in earlier runs",
        ),
        (
            transform("x", f"{RAW}replace", sql="reading"),
            ingest("y", f"{RAW}replace"),
            "each replaces the other's rows",
        ),
        (
            ingest("x", f"{RAW}append"),
            transform("y", f"{RAW}replace", sql="reading", needs=FREE),
            "'y' replaces the rows of 'x'",
        ),
    ],
)
def test_a_replacement_that_takes_away_another_steps_rows_is_refused(
    first: str, second: str, reason: str
) -> None:
    column = second.index("destination") + 6
    expected = f"steps[1].destination: step 'x' (line 3) writes to raw_data too: {reason}; {OWN_PIPELINE}"

    assert problems_of(tenant(first, second, **PLAIN)) == [f"{PIPELINE}:4:{column}: {expected}"]


def test_in_a_table_that_tells_no_pipelines_apart_other_advice_helps() -> None:
    steps = (transform("x", "table: totals, mode: replace"), transform("y", "table: totals, mode: replace"))

    (problem,) = problems_of(tenant(*steps, **PLAIN))

    assert problem.endswith(f"writes to totals too: each replaces the other's rows; {OWN_TABLE}")


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (
            transform("x", f"{RAW}{MERGE}[data.id]"),
            transform("y", f"{RAW}{MERGE}[data.sku]"),
            "each goes by other keys, so that one may update a row of the other's that is another row to it",
        ),
        (
            transform("x", f"{RAW}{MERGE}[data.id]"),
            transform("y", f"{RAW}{MERGE}[data.id]", needs=FREE),
            "neither waits for the other, and it is left to chance which of two rows with the same keys stays",
        ),
        (
            transform("x", f"{RAW}{MERGE}[data.id]"),
            ingest("y", f"{RAW}append", needs=FREE),
            "neither waits for the other, and it is left to chance which of two rows with the same keys stays",
        ),
    ],
)
def test_merges_of_one_table_go_by_the_same_keys_one_after_the_other(
    first: str, second: str, reason: str
) -> None:
    (problem,) = problems_of(tenant(first, second, **PLAIN))

    assert problem.endswith(f"too: {reason}; let one need the other, and merge by the same keys")


@pytest.mark.parametrize(
    "steps",
    [
        (ingest("x", f"{RAW}append"), ingest("y", f"{RAW}append", needs=FREE)),
        (ingest("x", f"{RAW}replace"), transform("y", "table: totals, mode: replace")),
        (transform("x", f"{RAW}{MERGE}[data.id]"), transform("y", f"{RAW}{MERGE}[data.id]")),
        (ingest("x", f"{RAW}append"), transform("y", f"{RAW}{MERGE}[data.id]")),
        (ingest("x", f"{RAW}replace"), transform("y", f"{RAW}replace", sql="reading")),
        (ingest("x", f"{RAW}append"), transform("y", f"{RAW}replace", sql="reading")),
        (transform("x", f"{RAW}replace", sql="reading"), ingest("y", f"{RAW}append")),
        (
            ingest("x", f"{RAW}append", needs=FREE),
            ingest("z", "table: totals, mode: append", source="credits"),
            transform("y", f"{RAW}replace", sql="reading"),
        ),
        (ingest("x", f"{RAW}append"), ingest("y", f"{RAW}replace", source="again")),
    ],
)
def test_steps_that_take_nothing_away_from_each_other_may_write_to_one_table(steps: tuple[str, ...]) -> None:
    recipe = load_recipe(MemoryFolder(tenant(*steps, **PLAIN)), CHAIN)

    assert len(recipe.pipeline.steps) == len(steps)


def test_a_cte_that_is_called_like_the_table_is_not_the_table() -> None:
    steps = (ingest("x", f"{RAW}replace"), transform("y", f"{RAW}replace"))
    sql = "WITH Raw_Data AS (SELECT JSON '{}' AS data) SELECT data FROM raw_data"

    (problem,) = problems_of(tenant(*steps, plain=sql))

    assert "each replaces the other's rows" in problem


def test_a_key_is_something_that_can_be_compared() -> None:
    steps = (transform("x", f"table: totals, mode: {MERGE}[day, score]"),)

    (problem,) = problems_of(tenant(*steps, **PLAIN))

    assert problem.endswith("keys[1]: 'score' is FLOAT, which is no key: two of the same may differ")


def due(load: str, **schemas: str) -> dict[str, str]:
    """More of the tenant's files: a source that loads only what is due."""
    return {"acme/sources/due.yml": f"type: files\npath: files/*.csv\nformat: csv\nload: {load}\n", **schemas}


def test_a_source_that_loads_what_is_due_needs_columns_to_tell_files_by() -> None:
    steps = [ingest("x", "table: totals, mode: append", source="due")]

    assert problems_of({**tenant(*steps), **due("new")}) == [
        f"{PIPELINE}:3:61: steps[0].destination.table: 'totals' has no column '{name}' of type STRING, by which 'due' "
        f"tells {why}; declare it, or use 'load: all' in the source"
        for name, why in (
            ("pipeline_id", "which pipeline loaded it"),
            ("source_file", "which file a row is of"),
        )
    ]


def test_a_source_that_loads_what_is_due_replaces_nothing_else() -> None:
    (problem,) = problems_of({**tenant(ingest("x", f"{RAW}replace", source="due")), **due("changed")})

    assert problem == (
        f"{PIPELINE}:3:77: steps[0].destination.mode: 'replace' would take away the rows of files that 'due' doesn't "
        "load again; use append, with which a file's rows take the place of its earlier ones, or 'load: all' in the "
        "source"
    )


def test_beside_rows_that_are_told_by_file_there_are_no_others() -> None:
    steps = [ingest("x", f"{RAW}append", source="due"), ingest("y", f"{RAW}append")]

    (problem,) = problems_of({**tenant(*steps), **due("changed")})

    assert problem.endswith(
        "step 'x' (line 3) writes to raw_data too: only 'x' tells by file which rows are there already; "
        "give each a pipeline or a table of its own"
    )
    steps[1] = ingest("y", f"{RAW}append", source="due")
    load_recipe(MemoryFolder({**tenant(*steps), **due("changed")}), CHAIN)


GROWING = {
    "acme/sources/growing.yml": (
        "type: sql_database\ndialect: postgresql\nhost: db.example.com\ndatabase: shop\nuser: reader\n"
        "password: {secret: shop_password}\ntable: orders\nincremental: {column: id, lag: 0}\n"
    )
}


@pytest.mark.parametrize(
    ("mode", "reason"),
    [("append", "would hold rows twice"), ("replace", "would take away the rows of earlier runs")],
)
def test_what_goes_on_from_an_earlier_run_is_merged_by_keys(mode: str, reason: str) -> None:
    def steps(destination: str) -> dict[str, str]:
        return {**tenant(ingest("x", f"table: raw_data, {destination}", source="growing")), **GROWING}

    (problem,) = problems_of(steps(f"mode: {mode}"))

    assert problem == (
        f"{PIPELINE}:3:81: steps[0].destination.mode: '{mode}' {reason}: 'growing' goes on from where an earlier run "
        "ended, and reads its last rows again; use 'mode: merge' with 'keys', the columns or paths that make a row the "
        "same row"
    )
    load_recipe(MemoryFolder(steps("mode: merge, keys: [data.id]")), CHAIN)
    (problem,) = problems_of(steps("mode: merge"))
    assert "mode 'merge' needs 'keys'" in problem
    (problem,) = problems_of(steps("mode: merge, keys: [id]"))
    assert "keys[0]: 'id' is not a column of raw_data" in problem
    for key in OF_THE_RUN:
        (problem,) = problems_of(steps(f"mode: merge, keys: [data.id, {key}]"))
        assert (
            f"keys[1]: '{key}' is another with every run, so that the rows that 'growing' reads again"
            in problem
        )


def test_what_goes_on_needs_a_table_that_tells_pipelines_apart_and_that_nobody_else_writes() -> None:
    (problem,) = problems_of(
        {**tenant(ingest("x", f"table: totals, mode: {MERGE}[day]", source="growing")), **GROWING}
    )

    assert problem.endswith(
        "destination.table: 'totals' has no column 'pipeline_id' of type STRING, by which is known whose rows "
        "'growing' goes on after; declare it"
    )
    x = ingest("x", f"{RAW}{MERGE}[data.id]", source="growing")
    for other in (ingest("y", f"{RAW}{MERGE}[data.id]", source="growing"), ingest("y", f"{RAW}append")):
        (problem,) = problems_of({**tenant(x, other), **GROWING})
        assert problem.endswith(
            "step 'x' (line 3) writes to raw_data too: 'x' goes on from where its source was read, and has to find its "
            "rows as it left them; give each a pipeline or a table of its own"
        )
