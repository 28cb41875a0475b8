"""Regular expressions, as BigQuery's REGEXP_CONTAINS reads them: RE2 (github.com/google/re2/wiki/Syntax)."""

import re

_SAID = re.compile(r"Invalid regular expression: (.*)", re.DOTALL)


def pattern_problem(pattern: str) -> str | None:
    """Why the pattern is none of RE2; None where it is one. Arrow has the same library in it as BigQuery."""
    import pyarrow  # slow to import; only rules with a pattern need it
    import pyarrow.compute

    try:
        # Not an array of values: to read those, Arrow loads pandas wherever it is installed, which takes 0.3 s.
        pyarrow.compute.match_substring_regex(pyarrow.nulls(1, pyarrow.string()), pattern=pattern)
    except (pyarrow.ArrowInvalid, UnicodeEncodeError) as error:
        said = _SAID.search(str(error))
        return f"is no regular expression of RE2: {said[1] if said else 'it holds half a character'}"
    return None
