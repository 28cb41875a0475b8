"""What Google's evaluator gives back to DuckDB, many rows at a time."""

from __future__ import annotations

from tests.contract.googlesql.conftest import Engine

_ROWS = "UNNEST(GENERATE_ARRAY(1, 20000)) AS n"
_TEXT = "CONCAT('a text that is too long to stand in its own place, ', CAST(n AS STRING))"
_TITLE = "CONCAT('A Text That Is Too Long To Stand In Its Own Place, ', CAST(n AS STRING))"


def test_a_text_is_whole_after_coalesce(engine: Engine) -> None:
    # INITCAP is Google's evaluator's; DuckDB's COALESCE doesn't keep the memory that Arrow lent.
    sql = f"SELECT COUNTIF(COALESCE(NULLIF(INITCAP({_TEXT}), ''), 'none') <> {_TITLE}) FROM {_ROWS}"
    once = f"SELECT COUNTIF(IFNULL(INITCAP({_TEXT}), 'none') <> {_TITLE}) FROM {_ROWS}"

    assert engine.rows(sql) == [(0,)]
    assert engine.rows(once) == [(0,)]


def test_rows_that_are_alike_and_rows_that_are_not_keep_their_places(engine: Engine) -> None:
    sql = f"SELECT COUNTIF(CODE_POINTS_TO_STRING([65 + MOD(n, 3)]) <> CHR(65 + MOD(n, 3))) FROM {_ROWS}"

    assert engine.rows(sql) == [(0,)]


def test_more_text_than_the_evaluator_holds_is_taken_in_parts(engine: Engine) -> None:
    sql = f"SELECT SUM(LENGTH(INITCAP(REPEAT({_TEXT}, 20)))) = SUM(20 * LENGTH({_TEXT})) FROM {_ROWS} WHERE n <= 3000"

    assert engine.rows(sql) == [(True,)]
