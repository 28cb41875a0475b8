"""Who asks which database, by addresses that the gate has let through, and what is said of it where it fails."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

import certifi

from shared.adapters.egress.gate import Gate
from shared.domain.address_use import Address
from shared.domain.errors import StepError, TransientError, TransientKind
from shared.domain.message import shortened
from shared.domain.parameter import ParameterValue
from shared.domain.secrecy import without_secrets
from shared.domain.sql_parameter import SqlParameter
from shared.sources.sql_database.source import SqlDatabaseSource

CONNECT_SECONDS = 10
SILENT_SECONDS = 900
"""For how long one that is read may hear nothing from us before it ends the transaction: we write rows meanwhile."""
LONGEST_QUOTE = 300
BoundValue = str | int | bool | date | Decimal | None
_Connection = TypeVar("_Connection")


@dataclass(frozen=True)
class Login:
    """A source, its password, and the gate that every connection passes."""

    source: SqlDatabaseSource
    gate: Gate
    password: str = field(repr=False)

    @property
    def where(self) -> str:
        """The database, for a sentence."""
        return f"The database '{self.source.database}' at {self.source.host}:{self.source.port_number}"

    def fault(self, what: str) -> StepError:
        """What only a person can mend; `what` goes on after the database's name."""
        return StepError(f"{self.where} {self.shown(what)}")

    def hiccup(self, what: str, kind: TransientKind = "unavailable") -> TransientError:
        """What may pass."""
        return TransientError(f"{self.where} {self.shown(what)}", kind=kind)

    def wrong_password(self) -> StepError:
        """The database knows no such user, or another password."""
        return self.fault(
            f"refuses the user '{self.source.user}' or its password; see that the secret "
            f"'{self.source.password.secret}' holds the password of that user"
        )

    def wrong_certificate(self) -> StepError:
        """TLS failed for what the server shows of itself."""
        return self.fault(
            "shows a certificate that is not trusted or is another host's; write its own name as 'host', or who "
            "signed it as 'ca_certificate' (with 'sslmode: verify-ca' where it names another host)"
        )

    def shown(self, text: str) -> str:
        """The text without the password, and without line ends."""
        return " ".join(without_secrets(text, [self.password]).split())

    def quoted(self, text: str) -> str:
        """What the database says, short."""
        return f"'{shortened(self.shown(text), longest=LONGEST_QUOTE)}'"

    def connected(self, connect: Callable[[Address], _Connection]) -> _Connection:
        """What `connect` makes of the first address that answers; it raises TransientError where one doesn't."""
        source = self.source
        try:
            addresses = self.gate.database_addresses(
                source.host, source.port_number, encrypted=source.is_encrypted
            )
        except OSError as error:
            raise self.hiccup("can't be found: the name of its host has no address now") from error
        for address in addresses[:-1]:
            try:
                return connect(address)
            except TransientError:
                continue
        return connect(addresses[-1])

    @contextmanager
    def authorities(self) -> Iterator[Path]:
        """The file of the certificates that sign the server's."""
        if self.source.ca_certificate is None:
            yield Path(certifi.where())
            return
        with NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(self.source.ca_certificate)
            file.flush()
            yield Path(file.name)


def bound_values(parameters: tuple[ParameterValue, ...]) -> Mapping[str, BoundValue]:
    """The run's parameters by the names that SQL has for them."""
    return {sql.name: _bound(sql) for value in parameters for sql in value.sql_parameters}


def _bound(parameter: SqlParameter) -> BoundValue:
    text = parameter.value
    if not isinstance(text, str):
        return None
    match parameter.type:
        case "INT64":
            return int(text)
        case "NUMERIC":
            return Decimal(text)
        case "BOOL":
            return text == "true"
        case "DATE":
            return date.fromisoformat(text)
        case _:
            return text
