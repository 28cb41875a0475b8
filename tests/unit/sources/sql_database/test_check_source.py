"""What is said of a database as a source before anything connects."""

import pytest

from shared.config.recipe import load_recipe
from shared.domain.source import SqlDatabaseSource
from tests.fakes.acme import CHAIN, FILES
from tests.fakes.configs import MemoryFolder
from tests.unit.config.recipes import SOURCE, problems_of

RIGHT = {
    "type": "sql_database",
    "dialect": "postgresql",
    "host": "db.example.com",
    "database": "shop",
    "user": "reader",
    "password": "{secret: shop_password}",
    "table": "sales.orders",
}


def files(words: dict[str, str | None]) -> dict[str, str]:
    """The tenant's, with a source that says these words besides or instead."""
    said = {**RIGHT, **words}
    return {**FILES, SOURCE: "".join(f"{key}: {value}\n" for key, value in said.items() if value is not None)}


@pytest.mark.parametrize(
    "words",
    [
        {},
        {
            "dialect": "mysql",
            "included_columns": "[id, amount]",
            "window": "{column: on_day, parameter: days}",
        },
        {"table": None, "query": "'SELECT 1 WHERE :days_start < :days_end'"},
    ],
)
def test_a_right_one_is_read(words: dict[str, str | None]) -> None:
    source = load_recipe(MemoryFolder(files(words)), CHAIN).sources["charges"]

    assert source.needs.secrets == {"shop_password"}


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ({"password": "geheim"}, "password: is written out; write {secret: name} and keep it in secrets/"),
        ({"password": "12345"}, "password: is written out; write {secret: name} and keep it in secrets/"),
        ({"host": "10.0.0.1"}, "host: '10.0.0.1' is an address that is not global (private)"),
        ({"host": "169.254.169.254"}, "host: '169.254.169.254' is where a machine gets its own credentials"),
        ({"host": "/var/run/postgresql"}, "host: '/var/run/postgresql' is no name of a host"),
        ({"host": "a.example.com,10.0.0.1"}, "host: 'a.example.com,10.0.0.1' is no"),
        ({"sslmode": "disable"}, "sslmode: 'db.example.com' is asked without TLS"),
        ({"sslmode": "require"}, "'require' is not allowed; use one of verify-full, verify-ca, disable"),
        ({"sslmode": "verify-ca"}, "needs the server's own 'ca_certificate'"),
        ({"ca_certificate": "mine.pem"}, "ca_certificate: must be the text of a certificate"),
        ({"table": "a.b.c"}, "table: must be a table, or schema.table"),
        ({"table": None}, "needs either 'table' or 'query'"),
        ({"query": "SELECT 1"}, "needs either 'table' or 'query'"),
        ({"table": None, "query": "DROP TABLE orders"}, "query: must be one SELECT"),
        ({"table": None, "query": "'SELECT :day'"}, "query: 'day' is not a parameter of this pipeline"),
        ({"window": "{column: day, parameter: when}"}, "'when' is not a date_range parameter"),
        ({"included_columns": "[id, id]"}, "'included_columns' has a name twice"),
        ({"statement_timeout_seconds": "7200"}, "statement_timeout_seconds"),
        ({"dialect": "postgres"}, "Did you mean 'postgresql'?"),
        (
            {"incremental": "{column: id, cursor_path: id, lag: 0}"},
            "incremental.cursor_path: 'cursor_path' is not a known key",
        ),
        ({"incremental": "{column: id, lag: -1}"}, "incremental.lag: "),
        (
            {"incremental": "{column: id, lag: 0, initial_value: now}"},
            "must be a number, a date or a time such as",
        ),
        (
            {"incremental": "{column: id, lag: 0}", "window": "{column: on_day, parameter: days}"},
            "'incremental' and 'window' each say which rows are read; keep one of them",
        ),
        (
            {"incremental": "{column: id, lag: 0}", "table": None, "query": "SELECT 1"},
            "'incremental' goes with 'table', which may be a view of the database",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(words: dict[str, str | None], problem: str) -> None:
    [found] = problems_of(files(words))

    assert problem in found
    assert "geheim" not in found


def test_what_says_nothing_about_rows_leaves_the_cursor_where_it_is() -> None:
    def way(**words: object) -> str | None:
        said = {**RIGHT, "password": {"secret": "a"}, "incremental": {"column": "id", "lag": 0}, **words}
        return SqlDatabaseSource.model_validate(said).needs.way

    same: list[dict[str, object]] = [
        {"user": "other"},
        {"password": {"secret": "b"}},
        {"description": "Orders"},
        {"statement_timeout_seconds": 60},
        {"incremental": {"column": "id", "lag": 60}},
    ]
    others: list[dict[str, object]] = [
        {"host": "new.example.com"},
        {"database": "archive"},
        {"table": "sales.bills"},
        {"included_columns": ["id"]},
        {"incremental": {"column": "at", "lag": 0}},
        {"incremental": {"column": "id", "lag": 0, "initial_value": 7}},
    ]

    assert {way(**words) for words in same} == {way()}
    assert len({way(), *(way(**words) for words in others)}) == len(others) + 1
