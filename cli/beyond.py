"""Whom `convergence validate` asks about what the files alone don't tell: all of it is on this machine."""

import csv
import gzip
from collections.abc import Mapping
from functools import cached_property
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from shared.config.beyond import Analysis, Beyond, Refusal, SqlAnalyzer, TablePath
from shared.domain.ids import TenantId
from shared.domain.sql_parameter import SqlType
from shared.domain.table import ColumnType, Table

HOW_TO_INSTALL = (
    "SQL is only checked for what it names: Google's analyzer is not installed; "
    "pip install 'convergence-data-pipeline[cli]' brings it"
)
_MOST_FILES = 100
_LONGEST_HEADER = 1_000_000


def what_this_machine_knows(configs_dir: Path, secrets_dir: Path | None) -> Beyond:
    """The analyzer, where it is installed; the tenants' own files; their secrets, where these are kept in files."""
    secrets = None if secrets_dir is None else FolderSecretNames(secrets_dir)
    return Beyond(_find_analyzer(), DiskSamples(configs_dir), secrets)


def _find_analyzer() -> SqlAnalyzer | None:
    if find_spec("zetasql") is None or find_spec("wasmtime") is None:
        return None
    return LateAnalyzer()


class LateAnalyzer:
    """SqlAnalyzer that loads Google's when it is first asked: that takes a third of a second."""

    @cached_property
    def _analyzer(self) -> SqlAnalyzer:
        from cli.google_analyzer import GoogleAnalyzer

        return GoogleAnalyzer()

    def analyze(
        self, sql: str, *, tables: Mapping[TablePath, Table], parameters: Mapping[str, SqlType]
    ) -> Analysis | Refusal | None:
        """What one SELECT delivers, or why it is none."""
        return self._analyzer.analyze(sql, tables=tables, parameters=parameters)

    def takes(self, column_type: ColumnType, sql_type: str) -> bool:
        """Whether a column takes values of a type without a cast."""
        return self._analyzer.takes(column_type, sql_type)


class FolderSecretNames:
    """SecretNames over `<folder>/<tenant>/secrets/<name>.txt`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lacks(self, tenant_id: TenantId, name: str) -> str | None:
        """The file that is not there."""
        path = self._folder / tenant_id / "secrets" / f"{name}.txt"
        return None if path.is_file() else str(path)


class DiskSamples:
    """RowSamples over the tenants' folders. Each file's first line is read once."""

    def __init__(self, configs_dir: Path) -> None:
        self._configs_dir = configs_dir
        self._known: dict[tuple[str, str, str, str], frozenset[str] | None] = {}

    def fields(
        self, tenant_id: TenantId, path: str, *, delimiter: str, encoding: str
    ) -> frozenset[str] | None:
        """The fields of the CSV files there, all of them together."""
        key = (tenant_id, path, delimiter, encoding)
        if key not in self._known:
            self._known[key] = self._read(tenant_id, path, delimiter=delimiter, encoding=encoding)
        return self._known[key]

    def _read(
        self, tenant_id: TenantId, path: str, *, delimiter: str, encoding: str
    ) -> frozenset[str] | None:
        if "://" in path or Path(path).is_absolute() or ".." in Path(path).parts:
            return None
        own = self._configs_dir / tenant_id
        try:
            files = sorted(islice(own.glob(path), _MOST_FILES + 1))
            if not files or len(files) > _MOST_FILES or not all(_may_be_shown(file, own) for file in files):
                return None
            headers = [_header(file, delimiter=delimiter, encoding=encoding) for file in files]
        except (OSError, ValueError, LookupError, csv.Error, EOFError):
            return None
        return frozenset[str]().union(*headers)


def _may_be_shown(file: Path, own: Path) -> bool:
    """Whether what is in it is the tenant's, wherever links lead, and none of its secrets."""
    real, ground = file.resolve(), own.resolve()
    return real.is_relative_to(ground) and not real.is_relative_to((own / "secrets").resolve())


def _header(file: Path, *, delimiter: str, encoding: str) -> list[str]:
    """Raises OSError, ValueError or csv.Error for what is no such file."""
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as binary:
        first = binary.readline(_LONGEST_HEADER)
    text = first.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    names = next(csv.reader([text], delimiter=delimiter), [])
    if not names or "\x00" in text or not first.endswith(b"\n"):
        raise ValueError("has no header line that can be read")
    return names
