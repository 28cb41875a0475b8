"""Statements before Google's analyzer: which tables they name, and what they mean."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2
from zetasql.wasi._pb2.zetasql.proto import simple_catalog_pb2
from zetasql.wasi._pb2.zetasql.public import options_pb2, parse_resume_location_pb2, simple_table_pb2

from local.bigquery.googlesql.absent import absent
from local.bigquery.googlesql.additions import NAMES, add_functions, add_types, named
from local.bigquery.googlesql.kept_analyses import KeptAnalyses
from local.bigquery.googlesql.language import analyzer_options, fingerprint, language
from local.bigquery.googlesql.library import GoogleError, Library, kept_folder, release
from local.bigquery.googlesql.scripts import Steps, program
from local.bigquery.googlesql.types import STRING, GoogleType
from local.bigquery.problem import ApiError

# As a statement names it: one name for each part between dots, or all in one where backquotes hold them together.
Path = tuple[str, ...]
_MESSAGE = re.compile(
    r"^Code: (?P<code>\d+), Message: (?P<message>.*?)(?: \[at (?P<place>\d+:\d+)\])?$", re.DOTALL
)
_KEPT_CATALOGS = 128
NOTHING: Mapping[str, GoogleType] = {}


@dataclass(frozen=True)
class NamedTable:
    """A table as the analyzer needs to know it. `pseudo` columns are hidden from `SELECT *`."""

    columns: tuple[tuple[str, GoogleType], ...]
    pseudo: tuple[tuple[str, GoogleType], ...] = ()


class Analyzer:
    """Google's analyzer, with catalogs of the tables that statements name."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._kept = KeptAnalyses(kept_folder() / "analyses")
        self._asked = f"{release()}/{fingerprint()}/{NAMES}"
        self._catalogs: OrderedDict[Any, int] = OrderedDict()

    def statements(self, sql: str) -> list[tuple[str, list[Path]]]:
        """Each statement of a script with the tables it names. Raises ApiError for what is no SQL."""
        question = f"{self._asked}/statements/{sql}"
        kept = self._kept.find(question)
        if kept is None:
            found = list(self._statements(sql))
            self._kept.keep(question, json.dumps(found).encode())
            return found
        return [(text, [tuple(path) for path in paths]) for text, paths in json.loads(kept)]

    def script(self, sql: str) -> Steps:
        """The steps of a script. Raises ApiError."""
        request = local_service_pb2.ParseRequest(sql_statement=sql, allow_script=True)
        request.options.CopyFrom(language(self.library))
        found = _call(self.library, "Parse", request, answer=local_service_pb2.ParseResponse)
        return program(sql, found.parsed_script)

    def analyze(
        self,
        sql: str,
        tables: Mapping[Path, NamedTable],
        *,
        parameters: Mapping[str, GoogleType] | Sequence[GoogleType] = (),
        constants: Mapping[str, GoogleType] = NOTHING,
    ) -> Any:
        """The resolved statement: the one member that is set of `AnyResolvedStatementProto`.

        `parameters` by name, or in their order; `constants` are names for values, in lower case.
        Raises ApiError in Google's words, with the place.
        """
        question = f"{self._asked}/{_described(tables, parameters, constants)}/{sql}"
        kept = self._kept.find(question)
        answer = local_service_pb2.AnalyzeResponse()
        if kept is None:
            answer = self._ask(sql, self._catalog(tables, constants), parameters)
            self._kept.keep(question, answer.SerializeToString())
        else:
            answer.ParseFromString(kept)
        return answer.resolved_statement

    def _ask(
        self,
        sql: str,
        catalog: int,
        parameters: Mapping[str, GoogleType] | Sequence[GoogleType],
    ) -> Any:
        request = local_service_pb2.AnalyzeRequest(sql_statement=sql, registered_catalog_id=catalog)
        options = request.options
        options.CopyFrom(analyzer_options(self.library))
        if isinstance(parameters, Mapping):
            for name, kind in parameters.items():
                options.query_parameters.add(name=name).type.CopyFrom(kind.proto)
        else:
            options.parameter_mode = options_pb2.PARAMETER_POSITIONAL
            options.positional_query_parameters.extend(kind.proto for kind in parameters)
        return _call(self.library, "Analyze", request, answer=local_service_pb2.AnalyzeResponse)

    def _statements(self, sql: str) -> Iterator[tuple[str, list[Path]]]:
        text = sql.encode()
        request = local_service_pb2.ExtractTableNamesFromNextStatementRequest()
        request.options.CopyFrom(language(self.library))
        place = 0
        while place < len(text) and (place == 0 or _has_more(text[place:])):
            request.parse_resume_location.CopyFrom(
                parse_resume_location_pb2.ParseResumeLocationProto(
                    input=sql, byte_position=place, allow_resume=True
                )
            )
            found = _call(
                self.library,
                "ExtractTableNamesFromNextStatement",
                request,
                answer=local_service_pb2.ExtractTableNamesFromNextStatementResponse,
            )
            paths = [tuple(name.table_name_segment) for name in found.table_name]
            # Line ends before it are kept, so that places in it are places in the script.
            lead = "\n" * text[:place].count(b"\n")
            yield lead + text[place : found.resume_byte_position].decode().rstrip().rstrip(";"), paths
            place = found.resume_byte_position

    def _catalog(self, tables: Mapping[Path, NamedTable], constants: Mapping[str, GoogleType]) -> int:
        named = tuple((name, kind.sql) for name, kind in sorted(constants.items()))
        key = (self.library.generation, tuple(sorted(tables.items())), named)
        known = self._catalogs.get(key)
        if known is not None:
            self._catalogs.move_to_end(key)
            return known
        catalog = simple_catalog_pb2.SimpleCatalogProto(name="project")
        catalog.builtin_function_options.language_options.CopyFrom(language(self.library))
        add_functions(catalog)
        add_types(catalog)
        for path, table in tables.items():
            _add_table(catalog, path, table)
        for name, kind in constants.items():
            constant = catalog.constant.add(name_path=[name])
            constant.type.CopyFrom(kind.proto)
            constant.value.SetInParent()
        request = local_service_pb2.RegisterCatalogRequest(simple_catalog=catalog)
        answer = self.library.call("RegisterCatalog", request, local_service_pb2.RegisterResponse)
        registered = int(answer.registered_id)
        self._catalogs[key] = registered
        self._forget_oldest()
        return registered

    def _forget_oldest(self) -> None:
        while len(self._catalogs) > _KEPT_CATALOGS:
            key, oldest = self._catalogs.popitem(last=False)
            if key[0] == self.library.generation:
                request = local_service_pb2.UnregisterRequest(registered_id=oldest)
                self.library.call("UnregisterCatalog", request, local_service_pb2.RegisterResponse)


def _described(
    tables: Mapping[Path, NamedTable],
    parameters: Mapping[str, GoogleType] | Sequence[GoogleType],
    constants: Mapping[str, GoogleType],
) -> str:
    """Tables and parameters as text, as far as they matter to the analyzer."""
    named = [
        (path, [(name, kind.sql) for name, kind in (*table.columns, ("/", STRING), *table.pseudo)])
        for path, table in sorted(tables.items())
    ]
    given = parameters.items() if isinstance(parameters, Mapping) else enumerate(parameters)
    beside = [[(name, kind.sql) for name, kind in sorted(constants.items())]] if constants else []
    return json.dumps([named, [(name, kind.sql) for name, kind in given], *beside])


def _add_table(catalog: Any, path: Path, table: NamedTable) -> None:
    for name in path[:-1]:
        inner = next((one for one in catalog.catalog if one.name.lower() == name.lower()), None)
        if inner is None:
            inner = catalog.catalog.add(name=name)
            # Without, every inner catalog would build all functions once more.
            inner.builtin_function_options.Clear()
            inner.ClearField("builtin_function_options")
        catalog = inner
    declared = simple_table_pb2.SimpleTableProto(name=path[-1], full_name="\x00".join(path))
    _add_columns(declared, table.columns, pseudo=False)
    _add_columns(declared, table.pseudo, pseudo=True)
    catalog.table.append(declared)


def _add_columns(declared: Any, columns: Iterable[tuple[str, GoogleType]], *, pseudo: bool) -> None:
    for name, kind in columns:
        column = declared.column.add(name=name, is_pseudo_column=pseudo, is_writable_column=not pseudo)
        column.type.CopyFrom(kind.proto)


def _has_more(rest: bytes) -> bool:
    """Whether anything but blanks, comments and semicolons follows."""
    bare = re.sub(rb"--[^\n]*|#[^\n]*|/\*.*?\*/|[\s;]+", b"", rest, flags=re.DOTALL)
    return bool(bare)


def _call(library: Library, name: str, request: Any, *, answer: Any) -> Any:
    try:
        return library.call(name, request, answer)
    except GoogleError as error:
        raise refusal(str(error)) from error


def refusal(text: str) -> ApiError:
    """Google's error as BigQuery answers it: the place follows the message as `at [line:column]`."""
    match = _MESSAGE.match(text)
    if match is None:
        return absent(text, "") or ApiError("invalidQuery", text, location="query")
    place = f" at [{match['place']}]" if match["place"] else ""
    message = named(match["message"])
    return absent(message, place) or ApiError("invalidQuery", message + place, location="query")
