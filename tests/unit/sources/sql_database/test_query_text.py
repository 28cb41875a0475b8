"""Queries for databases: what only reads, and where parameters stand."""

import pytest

from shared.sources.sql_database.query_text import QueryTextError, parse_query
from shared.sources.sql_database.source import Dialect


@pytest.mark.parametrize(
    ("dialect", "text", "sql"),
    [
        (
            "postgresql",
            "SELECT :a, b::text, ':a', \":a\" -- :a\n;",
            "SELECT %(a)s, b::text, ':a', \":a\" -- :a\n",
        ),
        ("postgresql", "SELECT 'it''s :a', E'\\':a', $$:a$$, $x$ $$ :a $x$", None),
        ("postgresql", "SELECT '\\', :a", "SELECT '\\', %(a)s"),
        ("postgresql", "SELECT x[1:2], 10 % 3 /* :a */", "SELECT x[1:2], 10 %% 3 /* :a */"),
        ("postgresql", "SELECT js->>':a' FROM t WHERE a=:a", "SELECT js->>':a' FROM t WHERE a=%(a)s"),
        ("mysql", "SELECT ':a\\'', \":a\", `:a`, :a # :a", "SELECT ':a\\'', \":a\", `:a`, %(a)s # :a"),
        ("mysql", "SELECT 1--:a", "SELECT 1--%(a)s"),
        ("mysql", "(SELECT 1) UNION (SELECT 2)", None),
        ("postgresql", "WITH a AS (SELECT 1) SELECT * FROM a", None),
        ("postgresql", "-- why\nSELECT 'for update', \"into\" FROM updates", None),
    ],
)
def test_parameters_are_found_outside_of_quotes_and_comments(
    dialect: Dialect, text: str, sql: str | None
) -> None:
    assert parse_query(text, dialect).sql == (text if sql is None else sql)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("DELETE FROM t", "must be one SELECT"),
        ("", "must be one SELECT"),
        ("/* SELECT */ UPDATE t SET a = 1", "must be one SELECT"),
        ("SELECT 1; DROP TABLE t", "must be one statement"),
        ("SELECT 1 INTO OUTFILE '/tmp/x'", "has INTO"),
        ("SELECT * FROM t FOR UPDATE", "has FOR UPDATE"),
        ("SELECT * FROM t FOR  SHARE", "has FOR UPDATE"),
        ("SELECT 'a", "has a ' that nothing ends"),
        ("SELECT 1 /*! INTO @a */", "has a comment in a comment, or one that is executed"),
    ],
)
@pytest.mark.parametrize("dialect", ["postgresql", "mysql"])
def test_what_is_no_query_that_only_reads_is_refused(dialect: Dialect, text: str, problem: str) -> None:
    with pytest.raises(QueryTextError, match=problem):
        parse_query(text, dialect)


def test_a_comment_in_a_comment_is_refused_for_servers_read_it_differently() -> None:
    with pytest.raises(QueryTextError, match="has a comment in a comment"):
        parse_query("SELECT 1 /* /* */ , (SELECT 2) */", "postgresql")
