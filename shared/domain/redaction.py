"""Error messages without what stood in a row.

BigQuery quotes the value that it could not convert; values are the tenant's data and stay out of errors and events.
"""

import re

from shared.domain.message import shortened

_HIDDEN = "(value not shown)"
_VALUE_IN_MESSAGE = (
    re.compile(
        r"((?:Bad|Invalid) [\w ]*?(?:value|literal|string|date|timestamp|number|JSON)(?: \w+)*: ).+", re.I
    ),
    re.compile(r"((?:Could not|Cannot|Failed to) (?:parse|convert|cast)(?: \w+)* )(['\"]).*\2", re.I),
    re.compile(r"((?:Could not|Cannot|Failed to) (?:parse|convert|cast) value )(?!to\b)\S+", re.I),
    re.compile(r"(; Value: ).+", re.I),
    re.compile(r"(JSON (?:number|string|boolean|value|object|array): ).+?(?= cannot be)", re.I),
    re.compile(r"(Adding ).+(?= causes overflow)", re.I),
    re.compile(r"(by zero: ).+", re.I),
    re.compile(r"(last read: ).+", re.I),
    re.compile(r"(field starts with: ).+", re.I),
    re.compile(r"(value )(['\"]).*\2", re.I),
    re.compile(r"((?:overflow|out of range)[^:]*: ).+", re.I),
)


def without_row_values(message: str) -> str:
    """The message with every quoted or trailing row value replaced, and at most 1,000 characters long."""
    for pattern in _VALUE_IN_MESSAGE:
        message = pattern.sub(lambda match: match[1] + _HIDDEN, message)
    return shortened(message)
