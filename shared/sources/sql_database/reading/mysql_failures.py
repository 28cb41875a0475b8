"""What MySQL and MariaDB say when they fail, as what is to be done about it.

Numbers are those of "Server Error Message Reference" and "Client Error Message Reference" (dev.mysql.com/doc), and of
"Error Codes" (mariadb.com/kb). Their words are shown where they can only be about names; of values, the number alone.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pymysql

from shared.domain.errors import StepError, TransientError, TransientKind
from shared.sources.sql_database.reading.login import Login

_PASSING: dict[int, tuple[TransientKind, str]] = {
    1040: ("rate_limit", "has too many connections"),
    1203: ("rate_limit", "has too many connections of the user"),
    1226: ("quota", "has given the user all that it may have in an hour"),
    1205: ("conflict", "has locked what is to be read"),
    1213: ("conflict", "ended a deadlock"),
    1053: ("unavailable", "is shutting down"),
    1079: ("unavailable", "is shutting down"),
    1317: ("unavailable", "ended a statement, because somebody asked for it"),
    1927: ("unavailable", "ended the connection, because somebody asked for it"),
    3024: ("timeout", "ended a statement, which took longer than 'statement_timeout_seconds'"),
    1969: ("timeout", "ended a statement, which took longer than 'statement_timeout_seconds'"),
    4031: ("timeout", "ended the session, for it heard nothing for too long"),
    2003: ("unavailable", "can't be reached; see that 'host' and 'port' are right"),
    2006: ("unavailable", "broke the connection off"),
    2013: ("unavailable", "broke the connection off"),
}
_ABOUT_NAMES = frozenset({1051, 1052, 1054, 1055, 1060, 1064, 1109, 1142, 1143, 1146, 1247, 1305, 1370})
"""Tables, columns and functions that aren't there or may not be read, and syntax."""
_NO_TLS = 2026
_UNKNOWN_DATABASE = 1049
_NOT_THIS_DATABASE = 1044
_NOT_IN = 1045
_NOT_FROM_HERE = 1130
_CHANGES = 1792


def not_connected(error: Exception, login: Login) -> StepError | TransientError:
    """Why there is no connection."""
    cause = getattr(error, "original_exception", error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return login.wrong_certificate()
    if isinstance(cause, TimeoutError):
        return login.hiccup(
            "does not answer; see that 'host' and 'port' are right and let us in", kind="timeout"
        )
    if isinstance(error, pymysql.Error):
        return _failure(error, login)
    return login.hiccup("can't be reached; see that 'host' and 'port' are right")


@contextmanager
def translated(login: Login) -> Iterator[None]:
    """Raise what PyMySQL raises as StepError or TransientError."""
    try:
        yield
    except pymysql.Error as error:
        raise _failure(error, login) from None
    except UnicodeDecodeError:
        raise login.fault("gives text that is not in the encoding that it says it is in") from None


def _failure(error: pymysql.Error, login: Login) -> StepError | TransientError:
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if number in _PASSING:
        kind, what = _PASSING[number]
        return login.hiccup(f"{what} (error {number})", kind=kind)
    user = login.source.user
    match number:
        case 0:
            return login.hiccup("broke the connection off")
        case _ if number == _NOT_IN:
            return login.wrong_password()
        case _ if number == _UNKNOWN_DATABASE:
            return login.fault("is not there; see 'database'")
        case _ if number in (_NOT_THIS_DATABASE, _NOT_FROM_HERE):
            return login.fault(f"does not let the user '{user}' in (error {number})")
        case _ if number == _NO_TLS:
            return login.fault(
                "does not speak TLS, without which nobody knows who answers; switch it on there"
            )
        case _ if number == _CHANGES:
            return login.fault(f"may only be read: the query changes something (error {number})")
        case _ if number in _ABOUT_NAMES:
            return login.fault(f"can't read the query (error {number}): {login.quoted(str(error.args[1]))}")
        case _:
            return login.fault(f"refuses the query (error {number})")
