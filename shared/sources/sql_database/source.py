"""What a source of type `sql_database` says."""

from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
    field_validator,
    model_validator,
)

from shared.domain.column_path import path_names
from shared.domain.cursor import parse_cursor
from shared.domain.definition import definition_hash
from shared.domain.ids import Name
from shared.domain.model import ADDED, RECORDED, GrownModel, Model, WholeNumber, unless_recorded
from shared.domain.reference import SecretReference
from shared.domain.source_column import SourceColumns
from shared.domain.source_needs import SourceNeeds
from shared.domain.stated_keys import one_of

Dialect = Literal["postgresql", "mysql"]
_PORTS: dict[Dialect, int] = {"postgresql": 5432, "mysql": 3306}
_PEM = "-----BEGIN CERTIFICATE-----"
_LONGEST_TIMEOUT_SECONDS = 3_600
"""A function ends a request after that long, and the reading with it."""

_NOTHING_ABOUT_ROWS: Any = {
    **dict.fromkeys(
        ("type", "description", "user", "password", "sslmode", "ca_certificate", "statement_timeout_seconds"),
        True,
    ),
    "incremental": {"lag"},
}

SqlName = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""What a database, its users and its columns are called: anything, once it is quoted."""


def _require_reference(password: Any) -> Any:
    if isinstance(password, str | int | float):
        raise ValueError("is written out; write {secret: name} and keep it in secrets/")
    return password


def _require_table(table: str) -> str:
    if len(path_names(table)) > 2:
        raise ValueError("must be a table, or schema.table; which database it is in says 'database'")
    return table


def _require_certificate(text: str) -> str:
    if not text.lstrip().startswith(_PEM):
        raise ValueError(f"must be the text of a certificate, which begins with {_PEM}")
    return text


class DatabaseWindow(Model):
    """The days that are read: rows whose `column`, a date or a time, lies in the date range `parameter`."""

    column: SqlName
    parameter: Annotated[Name, Field(description="a date_range parameter of the pipeline")]


class DatabaseCursor(Model):
    """Rows whose `column` is as great as the greatest that was read before, or at most `lag` below it."""

    column: Annotated[
        SqlName, Field(description="an integer, NUMERIC, a date or a time; the greater, the newer")
    ]
    lag: Annotated[
        WholeNumber,
        Field(
            ge=0,
            description="how far below the greatest value rows may still come: seconds of a time, days of a date",
        ),
    ]
    initial_value: Annotated[
        StrictInt | str | None,
        Field(description="from which the first run reads; without it, it reads all rows"),
    ] = None
    on_cursor_value_missing: Annotated[
        Literal["raise", "include", "exclude"],
        Field(description="rows in which `column` is NULL fail the step, are read by every run, or by none"),
    ] = "raise"

    @field_validator("initial_value")
    @classmethod
    def _in_order(cls, value: int | str | None) -> int | str | None:
        if value is not None and ((known := parse_cursor(value)) is None or known.kind == "text"):
            raise ValueError("must be a number, a date or a time such as 2025-11-15T10:30:00Z")
        return value


class SqlDatabaseSource(GrownModel):
    """A table of a database, or the rows of a query. The database is read in one transaction that changes nothing."""

    model_config = ConfigDict(json_schema_extra=one_of("table", "query"))

    type: Literal["sql_database"]
    description: str | None = None
    dialect: Annotated[Dialect, Field(description="`postgresql`, or `mysql`, which MariaDB speaks too")]
    host: Annotated[
        str,
        StringConstraints(min_length=1, max_length=255),
        Field(description="its name or address; a port has a key of its own"),
    ]
    port: Annotated[
        WholeNumber | None,
        Field(ge=1, le=65_535, description="without it 5432 for `postgresql`, 3306 for `mysql`"),
    ] = None
    database: Annotated[SqlName, Field(description="the database's name")]
    user: Annotated[SqlName, Field(description="as whom it is read; let it do nothing but read")]
    password: Annotated[
        SecretReference,
        BeforeValidator(_require_reference),
        Field(description="`{secret: name}`, never the password itself"),
    ]
    sslmode: Annotated[
        Literal["verify-full", "verify-ca", "disable"],
        Field(
            description="what is checked of the server: its certificate and name, `verify-ca` its certificate alone; "
            "`disable` asks without TLS, which only hosts that the operator names may be"
        ),
    ] = "verify-full"
    ca_certificate: Annotated[
        str | None,
        unless_recorded(lambda text: text and _require_certificate(text)),
        Field(
            description="who signed the server's certificate, as text, where it is nobody that everybody trusts"
        ),
    ] = None
    table: Annotated[
        str | None,
        unless_recorded(lambda table: table and _require_table(table)),
        Field(description='`orders`, `sales.orders`, `sales."an order"`'),
    ] = None
    included_columns: Annotated[
        tuple[SqlName, ...],
        Field(description="with `table`: the columns that are read; without it all of them"),
    ] = ()
    window: Annotated[
        DatabaseWindow | None,
        Field(
            description="with `table`: `column`, a date or a time, and `parameter`, a date range: only rows of its "
            "days, in UTC"
        ),
    ] = None
    incremental: Annotated[
        DatabaseCursor | None,
        ADDED,
        Field(
            description="with `table`: each run goes on where an earlier one ended, by a `column` whose values grow, "
            "and reads again what is at most `lag` older; `initial_value`, `on_cursor_value_missing: raise | include | "
            "exclude`"
        ),
    ] = None
    query: Annotated[
        str | None,
        Field(
            min_length=1,
            description="in place of `table`: one SELECT; `:name` is a parameter of the pipeline",
        ),
    ] = None
    statement_timeout_seconds: Annotated[
        WholeNumber,
        Field(
            ge=1,
            le=_LONGEST_TIMEOUT_SECONDS,
            description="after which the database itself ends a statement",
        ),
    ] = _LONGEST_TIMEOUT_SECONDS
    columns: SourceColumns = {}

    @model_validator(mode="after")
    def _says_one_thing(self) -> "SqlDatabaseSource":
        if (self.table is None) == (self.query is None):
            raise ValueError("needs either 'table' or 'query'")
        if self.query is not None and (self.included_columns or self.window):
            raise ValueError("'included_columns' and 'window' go with 'table'; a query says both itself")
        if self.incremental is not None and self.table is None:
            raise ValueError("'incremental' goes with 'table', which may be a view of the database")
        if self.incremental is not None and self.window is not None:
            raise ValueError("'incremental' and 'window' each say which rows are read; keep one of them")
        if len(set(self.included_columns)) < len(self.included_columns):
            raise ValueError("'included_columns' has a name twice")
        if self.sslmode == "verify-ca" and self.ca_certificate is None:
            raise ValueError(
                "'sslmode: verify-ca' checks no name, so it needs the server's own 'ca_certificate'"
            )
        if self.sslmode == "disable" and self.ca_certificate is not None:
            raise ValueError("'ca_certificate' says nothing with 'sslmode: disable'; take it away")
        return self

    @property
    def port_number(self) -> int:
        """The port, or else the one that the dialect's servers have."""
        return self.port or _PORTS[self.dialect]

    @property
    def is_encrypted(self) -> bool:
        """Whether it is asked by TLS."""
        return self.sslmode != "disable"

    @property
    def needs(self) -> SourceNeeds:
        """The password."""
        secrets = frozenset({self.password.secret})
        if self.incremental is None:
            return SourceNeeds(place=self._place, secrets=secrets)
        return SourceNeeds(place=self._place, secrets=secrets, way=self._way, goes_on=True)

    @property
    def _place(self) -> str:
        return f"{self.dialect}://{self.host}:{self.port_number}/{self.database}, {self.table or 'its query'}"

    @property
    def _way(self) -> str:
        said = self.model_dump(mode="json", context=RECORDED, exclude=_NOTHING_ABOUT_ROWS)
        return definition_hash(said)
