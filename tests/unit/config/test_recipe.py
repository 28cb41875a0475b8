"""What is said about a pipeline's files: everything that is wrong, each with its place."""

import pytest

from shared.config.recipe import load_recipe
from shared.domain.errors import NotFoundError
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import (
    COLUMNS,
    NOT_A_TABLE,
    OUT_OF_SCOPE,
    PIPELINE,
    RULES,
    SQL,
    changed,
    problems_of,
)


def test_a_recipe_holds_all_that_its_steps_name() -> None:
    recipe = load_recipe(MemoryFolder(FILES), CHAIN)

    assert list(recipe.sources) == ["charges"]
    assert list(recipe.rule_sets) == ["quality"]
    assert recipe.transforms == {"daily": FILES["acme/transforms/daily.sql"].strip()}
    assert recipe.tenant.display_name == "Acme"


@pytest.mark.parametrize("missing", [PIPELINE, "acme/tenant.yml"])
def test_without_its_file_or_its_tenants_there_is_no_pipeline(missing: str) -> None:
    files = {path: text for path, text in FILES.items() if path != missing}

    with pytest.raises(NotFoundError, match=r"^Pipeline not found$"):
        load_recipe(MemoryFolder(files), CHAIN)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "source: charges", "source: charge",
            ("6:13: steps[0].source: 'charge' is not a file of sources/; use one of charges, credits. "
            "Did you mean 'charges'?"),
        ),
        (
            "rules: quality", "rules: qualty",
            "11:12: steps[1].rules: 'qualty' is not a file of dq_rules/; use quality. Did you mean 'quality'?",
        ),
        (
            "sql: daily", "sql: weekly",
            "14:10: steps[2].sql: 'weekly' is not a file of transforms/; use daily",
        ),
        (
            "{table: raw_data,", "{table: raw_dat,",
            (f"7:26: steps[0].destination.table: 'raw_dat' {NOT_A_TABLE}; "
            "use one of metrics, raw_data, transformed_data. Did you mean 'raw_data'?"),
        ),
        (
            "    table: raw_data\n", "    table: zzz\n",
            f"10:12: steps[1].table: 'zzz' {NOT_A_TABLE}; use one of metrics, raw_data, transformed_data",
        ),
        (
            "parameter: days", "parameter: day",
            ("15:99: steps[2].destination.window.parameter: 'day' is not a date_range parameter of this pipeline; "
            "use days. Did you mean 'days'?"),
        ),
        (
            "column: usage_date", "column: usage_day",
            ("15:76: steps[2].destination.window.column: 'usage_day' is not a column of transformed_data; "
            f"use one of {COLUMNS}. Did you mean 'usage_date'?"),
        ),
        (
            "mode: replace, window: {column: usage_date, parameter: days}", "mode: merge, keys: [usage_day]",
            ("15:64: steps[2].destination.keys[0]: 'usage_day' is not a column of transformed_data; "
            f"use one of {COLUMNS}. Did you mean 'usage_date'?"),
        ),
        (
            "mode: replace, window: {column: usage_date, parameter: days}", "mode: merge",
            ("15:5: steps[2].destination: mode 'merge' needs 'keys', the columns that make a row the same "
            "row; write keys: [column, …]"),
        ),
        (
            "mode: replace, window", "mode: append, window",
            "15:5: steps[2].destination: 'window' goes with mode 'replace'",
        ),
        (
            "    type: dq\n", "    type: dq\n    needs: [ingest]\n",
            ("10:5: steps[1].needs: 'ingest' is not the id of a step; use one of check, daily, ingest_charges. "
            "Did you mean 'ingest_charges'?"),
        ),
        (
            "    type: ingest\n", "    type: ingest\n    needs: [daily]\n",
            ("6:5: steps[0].needs: 'ingest_charges' needs 'daily', which needs 'check', which "
            "needs 'ingest_charges'; take one of these needs away"),
        ),
        (
            "id: check", "id: daily",
            ("12:9: steps[2].id: 'daily' is already the id of the step in line 8; "
            "give one of them another id"),
        ),
        ("id: check", "id: Check", "8:9: steps[1].id: must match the pattern ^[a-z0-9_]+$, is 'Check'"),
        (
            "default: yesterday", "default: tomorrow",
            ("2:37: parameters.days.default: must be one of yesterday, last_7_days, last_30_days, this_month, "
            "last_month, or two dates such as 2025-11-01/2025-11-07"),
        ),
        (
            "  days:", "  run_id: {type: string, default: x}\n  days:",
            "2:3: parameters.run_id: 'run_id' is given to every pipeline; choose another name",
        ),
        (
            "type: dq", "type: dqq",
            "9:11: steps[1].type: 'dqq' is not allowed; use one of ingest, dq, transform. Did you mean 'dq'?",
        ),
        ("steps:", "timeout: 25h\nsteps:", "3:10: timeout: must be at most 24h"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_pipeline_is_said_with_its_place(old: str, new: str, expected: str) -> None:
    assert problems_of(changed(PIPELINE, old, new)) == [f"{PIPELINE}:{expected}"]


def test_all_problems_of_all_files_are_said_at_once() -> None:
    files = {
        **changed(PIPELINE, "source: charges", "source: charge"),
        "acme/tenant.yml": "display_name: ''\n",
        "acme/schemas/prices.yml": "name: price\ncolumns: [{name: a, type: STRING}]\n",
        SQL: "SELECT * FROM a.b",
        RULES: "rules: []\n",
    }

    assert problems_of(files) == [
        f"{RULES}:1:1: rules: must have at least 1 items, is a list of 0",
        (
            f"{PIPELINE}:6:13: steps[0].source: 'charge' is not a file of sources/; use one of charges, credits. "
            "Did you mean 'charges'?"
        ),
        "acme/schemas/prices.yml:1:1: name: must be 'prices', as the file is called",
        "acme/tenant.yml:1:15: display_name: must have at least 1 characters, is ''",
        f"{SQL}:1:15: names 'a.b', {OUT_OF_SCOPE}",
    ]


def test_a_wrong_item_does_not_make_its_list_too_short() -> None:
    files = {**FILES, "acme/schemas/prices.yml": "name: prices\ncolumns: [{name: a, type: STRNG}]\n"}

    (problem,) = problems_of(files)

    assert problem.startswith("acme/schemas/prices.yml:2:27: columns[0].type: 'STRNG' is not allowed")


def test_a_merge_has_something_to_update() -> None:
    files = changed(
        PIPELINE,
        "{table: transformed_data, mode: replace, window: {column: usage_date, parameter: days}}",
        "{table: skus, mode: merge, keys: [sku]}",
    )
    files["acme/schemas/skus.yml"] = (
        "name: skus\ncolumns: [{name: pipeline_id, type: STRING}, {name: sku, type: STRING}]\n"
    )

    assert problems_of(files) == [
        f"{PIPELINE}:15:45: steps[2].destination.keys: all columns of skus are keys, so there is nothing to update"
    ]
