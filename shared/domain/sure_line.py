"""Lines of JSON that BigQuery's PARSE_JSON is certain to take for the value that reading them gives.

By patterns that RE2 and Python understand alike: the statement that parses the lines tests each of them, and a look at
the first ones tells beforehand where most would fail.

Of a number with at most fifteen digits that count and an exponent of at most two, a double and its shortest text are
the same value, so that nobody makes a text or another number of it (IEEE 754, section 5.12.2; C, DBL_DIG). Not so -0,
which has a sign as a double only. A lone half of a surrogate pair is refused, or replaced. BigQuery keeps the first of
two fields with one name; that is seen by how many quotes are left, so none may stand there as an escape.
"""

import re

UNSURE_CHARACTERS = "\ufffd|[\\x00-\\x08\\x0a-\\x1f]|\\\\u0000|\\\\u0022"
"""What stands for bytes that are no UTF-8, what JSON holds as an escape only, and escapes of NUL and of a quote."""
SURE_TEXT = (
    r'"(?:[^"\\]|\\["\\/bfnrt]|\\u(?:[0-9a-ce-fA-CE-F][0-9a-fA-F]|[dD][0-7])[0-9a-fA-F]{2}'
    r'|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})*"'
)
"""A string of JSON, as it is written. What is no such string keeps at least its first quote once these are removed."""
UNSURE_REST = r'"|[1-9][0-9]{15}|[1-9][0-9.]{16}|[0-9.]{99}|[eE][-+]?[0-9]{3}|[^eE]-0([^.eE]|$)'
"""What must not stand in a line without its strings: one that is not sure, and numbers that may come out otherwise."""

_UNSURE_CHARACTERS, _SURE_TEXT, _UNSURE_REST = map(re.compile, (UNSURE_CHARACTERS, SURE_TEXT, UNSURE_REST))


def is_sure(line: str) -> bool:
    """Whether a line, without its end, is certain to come out the same; of an object that has each field once."""
    if _UNSURE_CHARACTERS.search(line):
        return False
    return _UNSURE_REST.search(_SURE_TEXT.sub("", line)) is None
