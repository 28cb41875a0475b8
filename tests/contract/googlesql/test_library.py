"""Google's library in this process, and what it leaves behind when it ends in the middle of a call."""

from __future__ import annotations

import pytest
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2

from local.bigquery.googlesql.language import analyzer_options, language
from local.bigquery.googlesql.library import GoogleError, Library


def _evaluate(library: Library, expression: str) -> str:
    request = local_service_pb2.PrepareRequest(sql=expression)
    request.options.CopyFrom(analyzer_options(library))
    request.simple_catalog.builtin_function_options.language_options.CopyFrom(language(library))
    prepared = library.call("Prepare", request, local_service_pb2.PrepareResponse).prepared
    of = local_service_pb2.EvaluateRequest(prepared_expression_id=prepared.prepared_expression_id)
    answer = library.call("Evaluate", of, local_service_pb2.EvaluateResponse)
    return str(answer.value.string_value)


def test_a_call_that_the_library_ends_in_harms_no_other() -> None:
    library = Library()
    first = _evaluate(library, "LOWER('A')")

    with pytest.raises(GoogleError, match="gave up"):
        _evaluate(library, "NET.PUBLIC_SUFFIX('a.b.co.uk')")

    assert first == "a"
    assert _evaluate(library, "LOWER('B')") == "b"


def test_an_error_that_ends_within_a_letter_is_read() -> None:
    with pytest.raises(GoogleError, match="PARSE_JSON"):
        _evaluate(Library(), "TO_JSON_STRING(PARSE_JSON('é'))")
