"""What PostgreSQL says when it fails, as what is to be done about it.

States are those of "PostgreSQL Error Codes" (postgresql.org/docs/current/errcodes-appendix.html). What a server says in
words is shown where it can only be about names; of values, the state alone.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from shared.domain.errors import StepError, TransientError, TransientKind
from shared.sources.sql_database.reading.login import Login

_PASSING: dict[str, tuple[TransientKind, str]] = {
    "57014": (
        "timeout",
        "ended a statement, which took longer than 'statement_timeout_seconds' or was cancelled",
    ),
    "25P03": ("timeout", "ended the transaction, for it heard nothing for too long"),
    "25P04": ("timeout", "ended the transaction, which took too long"),
    "40001": (
        "conflict",
        "could not keep the state that is read, as a copy of another database can't for ever",
    ),
    "40P01": ("conflict", "ended a deadlock"),
    "55P03": ("conflict", "has locked what is to be read"),
    "53300": ("rate_limit", "has too many connections"),
    "57P01": ("unavailable", "is shut down"),
    "57P02": ("unavailable", "has crashed"),
    "57P03": ("unavailable", "is starting or shutting down"),
    "57P05": ("timeout", "ended the session, for it heard nothing for too long"),
}
_PASSING_CLASSES: dict[str, tuple[TransientKind, str]] = {
    "08": ("unavailable", "broke the connection off"),
    "53": ("unavailable", "has no memory, disk or connections left"),
    "58": ("unavailable", "met an error of its system"),
}
_ABOUT_NAMES = "42"
"""Syntax errors and access rule violations."""
_FOR_GOOD: dict[str, str] = {
    "25006": "may only be read: the query changes something",
    "42501": "does not let the user '{user}' read what is asked for",
    "0A000": "can't do what the query asks for",
}
_VALUE = "22"

_NO_PASSWORD = re.compile(
    r"password authentication failed|no password supplied|role \".*\" does not exist|SCRAM"
)
_NO_DATABASE = re.compile(r'database ".*" does not exist')
_NOT_FROM_HERE = re.compile(r"no pg_hba\.conf entry|pg_hba\.conf rejects")
_AUTHENTICATION = re.compile(r"authentication method requirement")
_NO_TLS = re.compile(r"server does not support SSL")
_CERTIFICATE = re.compile(
    r"certificate verify failed|signature failure|does not match host name|certificate .*(expired|revoked)"
)
_BUSY = re.compile(r"too many (connections|clients)|connection slots|starting up|shutting down|recovery")


def not_connected(message: str, login: Login) -> StepError | TransientError:
    """Why there is no connection; before there is one, libpq tells it in words alone."""
    source = login.source
    if _NO_PASSWORD.search(message):
        return login.wrong_password()
    if _NO_DATABASE.search(message):
        return login.fault("is not there; see 'database'")
    if _NOT_FROM_HERE.search(message):
        return login.fault(f"does not let '{source.user}' in from here; its pg_hba.conf must, and by TLS")
    if _AUTHENTICATION.search(message):
        return login.fault(
            "wants the password itself, which is not sent without TLS; let it ask by scram-sha-256"
        )
    if _CERTIFICATE.search(message):
        return login.wrong_certificate()
    if _NO_TLS.search(message):
        return login.fault("does not speak TLS, without which nobody knows who answers; switch it on there")
    if _BUSY.search(message):
        return login.hiccup("takes no connections at the moment")
    if "FATAL:" in message:
        return login.fault(f"lets nobody in so: {login.quoted(message.partition('FATAL:')[2])}")
    if "timeout" in message:
        return login.hiccup(
            "does not answer; see that 'host' and 'port' are right and let us in", kind="timeout"
        )
    return login.hiccup("can't be reached; see that 'host' and 'port' are right")


@contextmanager
def translated(login: Login) -> Iterator[None]:
    """Raise what psycopg raises as StepError or TransientError."""
    try:
        yield
    except psycopg.Error as error:
        raise _failure(error, login) from None
    except UnicodeDecodeError:
        raise login.fault("gives text that is not in the encoding that it says it is in") from None


def _failure(error: psycopg.Error, login: Login) -> StepError | TransientError:
    state = error.sqlstate
    if state is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return login.hiccup("broke the connection off")
    if state is None:
        return login.fault("gives what can't be read")
    passing = _PASSING.get(state) or _PASSING_CLASSES.get(state[:2])
    if passing is not None:
        kind, what = passing
        return login.hiccup(f"{what} (state {state})", kind=kind)
    if state in _FOR_GOOD:
        what = _FOR_GOOD[state].format(user=login.source.user)
        return login.fault(f"{what} (state {state}){_words(error, login) if state != '0A000' else ''}")
    if state.startswith(_ABOUT_NAMES):
        return login.fault(f"can't read the query (state {state}){_words(error, login)}")
    if state.startswith(_VALUE):
        return login.fault(f"has a value that the query can't be computed with (state {state})")
    return login.fault(f"refuses the query (state {state})")


def _words(error: psycopg.Error, login: Login) -> str:
    said = [text for text in (error.diag.message_primary, error.diag.message_hint) if text]
    return f": {login.quoted('; '.join(said))}" if said else ""
