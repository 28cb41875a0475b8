"""Wrong configurations: each is one mistake in a tenant that is right, and what `convergence validate` says of it.

They stand in `mistakes/*.txt`. `python -m tests.unit.cli.mistake_cases` writes anew what is said; read the difference.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cli.beyond import LateAnalyzer
from cli.problem_text import problem_text
from shared.config.beyond import Beyond
from shared.config.kept_documents import KeptDocuments
from shared.config.problem import ConfigProblem
from shared.config.tenant_folder import check_tenant
from shared.domain.ids import TenantId
from tests.fakes.configs import MemoryFolder

MISTAKES = Path(__file__).parent / "mistakes"
_KEPT = KeptDocuments()
"""All files of a tenant but one are right, and the same each time."""
TENANT = {
    "acme/tenant.yml": "display_name: Acme\n",
    "acme/files/charges.csv": "day,team,amount\n2025-11-01,search,12.50\n2025-11-02,search,11.75\n",
    "acme/sources/charges.yml": "type: files\npath: files/charges.csv\nformat: csv\n",
    "acme/dq_rules/charges.yml": """\
rules:
  - {id: has_rows, type: row_count, minimum: 1}
  - {id: amount_is_there, type: not_null, column: data.amount}
""",
    "acme/schemas/daily.yml": """\
name: daily
columns:
  - {name: pipeline_id, type: STRING, mode: REQUIRED}
  - {name: day, type: DATE, mode: REQUIRED}
  - {name: amount, type: NUMERIC}
""",
    "acme/transforms/daily.sql": """\
SELECT
  DATE(JSON_VALUE(data, '$.day')) AS day,
  CAST(JSON_VALUE(data, '$.amount') AS NUMERIC) AS amount
FROM raw_data
WHERE pipeline_id = @pipeline_id
""",
    "acme/pipelines/cloud/cost/daily.yml": """\
description: Daily cost
steps:
  - id: load
    type: ingest
    source: charges
    destination: {table: raw_data, mode: replace}
  - id: check
    type: dq
    table: raw_data
    rules: charges
    scope: pipeline
  - id: add_up
    type: transform
    sql: daily
    destination: {table: daily, mode: replace}
""",
}


@dataclass(frozen=True)
class Mistake:
    """One mistake: its title, the lines that say what is changed, and what is said of it."""

    title: str
    changes: str
    said: str

    @property
    def files(self) -> dict[str, str]:
        """The tenant's files with the mistake in them."""
        files = dict(TENANT)
        for verb, path, lines in re.findall(
            r"^(edit|write) (\S+)\n((?:[<>].*\n)+)", self.changes, re.MULTILINE
        ):
            old, new = (
                "".join(f"{line[2:]}\n" for line in lines.splitlines() if line[0] == sign) for sign in "<>"
            )
            name = f"acme/{path}"
            if verb == "write":
                files[name] = new
                continue
            # A change within a line ends where it ends.
            old, new = old.rstrip("\n"), new.rstrip("\n")
            assert old in files[name], f"{self.title}: {old!r} is not in {path}"
            files[name] = files[name].replace(old, new, 1)
        return files


class MemorySamples:
    """RowSamples over files in memory."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = files

    def fields(
        self, tenant_id: TenantId, path: str, *, delimiter: str, encoding: str
    ) -> frozenset[str] | None:
        """The first line's fields."""
        text = self._files.get(f"{tenant_id}/{path}")
        return (
            None if text is None else frozenset(next(csv.reader([text.split("\n")[0]], delimiter=delimiter)))
        )


class NoSecrets:
    """SecretNames of which none is there."""

    def lacks(self, tenant_id: TenantId, name: str) -> str | None:
        """Where it would be."""
        return f"configs/{tenant_id}/secrets/{name}.txt"


@cache
def analyzer() -> LateAnalyzer:
    """One for all: loading it takes a third of a second."""
    return LateAnalyzer()


def problems_of(files: dict[str, str]) -> list[ConfigProblem]:
    """Everything that is wrong in the tenant's files."""
    return list(_problems_of(frozenset(files.items())))


@cache
def _problems_of(files: frozenset[tuple[str, str]]) -> tuple[ConfigProblem, ...]:
    texts = dict(files)
    beyond = Beyond(analyzer(), MemorySamples(texts), NoSecrets())
    return tuple(check_tenant(MemoryFolder(texts), "acme", beyond=beyond, kept=_KEPT))


def said_of(files: dict[str, str]) -> str:
    """What a person is told, as printed where there are no colours."""
    folder = MemoryFolder(files)
    texts = (problem_text(problem, read=folder.read) for problem in problems_of(files))
    return re.sub(r"\x1b\[[0-9;]*m", "", "".join(f"{text}\n" for text in texts))


def mistakes(file: Path) -> Iterator[Mistake]:
    """The mistakes of a file."""
    for part in re.split(r"^## ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, _, said = part.partition("\n===\n")
        title, _, changes = head.partition("\n")
        yield Mistake(title, changes.rstrip("\n") + "\n", said.rstrip("\n") + "\n" if said else "")


def all_mistakes() -> list[Mistake]:
    """Every one."""
    return [mistake for file in sorted(MISTAKES.glob("*.txt")) for mistake in mistakes(file)]


def _write(file: Path) -> None:
    parts = [f"## {each.title}\n{each.changes}===\n{said_of(each.files)}" for each in mistakes(file)]
    file.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    for _file in MISTAKES.glob("*.txt"):
        _write(_file)
