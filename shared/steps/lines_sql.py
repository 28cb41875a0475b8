"""From loaded lines of NDJSON to the rows that reading them would give."""

from shared.domain.loadable import PACKED_MODULUS, LoadableText
from shared.domain.sure_line import SURE_TEXT, UNSURE_CHARACTERS, UNSURE_REST
from shared.sql.statement import literal, statement

_UNSURE = "A line is blank, is no JSON object, or holds what may be read otherwise than here"
_NOT_WHOLE = "The lines that were loaded are not all of the text"


def lines_query(text: LoadableText, *, source: str) -> str:
    """The SELECT of each line's value. It fails for one that may have been another, and where anything is missing."""
    return statement(
        "objects_as_lines",
        lines=judged_lines(source),
        source=source,
        unsure=literal(_UNSURE),
        is_whole=_is_whole(text),
        not_whole=literal(_NOT_WHOLE),
    )


def judged_lines(source: str) -> str:
    """The SELECT of each `line`, its value as `data`, and whether it `is_sure`."""
    return statement(
        "judged_lines",
        source=source,
        unsure_characters=literal(UNSURE_CHARACTERS),
        sure_text=literal(SURE_TEXT),
        unsure_rest=literal(UNSURE_REST),
    )


def _is_whole(text: LoadableText) -> str:
    """Whether the lines are all of the text. Only the end of the last one may be missing there."""
    excess = f"byte_count + {text.end_bytes} * line_count - {text.byte_count}"
    if text.is_packed:
        excess = f"MOD({excess}, {PACKED_MODULUS})"
    return f"{excess} BETWEEN 0 AND {text.end_bytes}"
