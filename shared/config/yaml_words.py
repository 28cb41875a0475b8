"""YAML's syntax errors in plain words."""

import re

import yaml

from shared.config.position import Position, position_of

_NO_KEY_HERE = "mapping values are not allowed here"
# What the parser says, and what a person can do about it. The first that is contained in its words is taken.
_SENTENCES = (
    ("'\\t'", "a tab is used for indentation; use spaces"),
    (_NO_KEY_HERE, "a ':' is not expected here; text that holds ': ' needs quotes"),
    ("could not find expected ':'", "a ':' is missing after the key"),
    ("expected <block end>", "the indentation does not fit the lines above"),
    ("did not find expected <document start>", "the indentation does not fit the lines above"),
    (
        "sequence entries are not allowed here",
        "a list's '-' is not expected here; begin the list on a line of its own",
    ),
    ("expected ',' or ']'", "a ',' or ']' is missing"),
    ("expected ',' or '}'", "a ',' or '}' is missing"),
    ("'<stream end>'", "a bracket is opened and never closed"),
    ("found unexpected end of stream", "a quote is opened and never closed"),
    ("found unknown escape character", "the text in double quotes has an unknown escape; use single quotes"),
    ("'%'", "text can't begin with '%'; write it in quotes"),
    ("'@'", "text can't begin with '@'; write it in quotes"),
    ("'`'", "text can't begin with '`'; write it in quotes"),
    ("expected alphabetic or numeric character", "text can't begin with '*' or '&'; write it in quotes"),
    ("but found '<", "something is not expected here; text with special signs needs quotes"),
    ("found undefined tag handle", "tags (words that begin with '!') are not allowed"),
)


_KEY = re.compile(r"( *)(?:- +)?([A-Za-z_][\w-]*):( +[^\s#].*)?")


def _tab_sentence(text: str, line: int) -> str:
    """What to do about a tab that indents the line, which counts from 0."""
    before = next((key for each in reversed(text.splitlines()[:line]) if (key := _KEY.match(each))), None)
    here = f", {before.start(2)} here" if before is not None and before.start(2) else ""
    return f"is not valid YAML: a tab is used for indentation; use spaces{here}"


def _too_deep_key(text: str, line: int) -> tuple[int, str] | None:
    """The column, from 1, of a key that stands deeper than one with a value before it, and what to do about it.

    `line` counts from 0. None where that is not what is wrong with the line.
    """
    lines = text.splitlines()[: line + 1]
    key = _KEY.match(lines[-1]) if lines else None
    before = next((found for each in reversed(lines[:-1]) if (found := _KEY.match(each))), None)
    if key is None or before is None or before[3] is None or key.start(2) <= before.start(2):
        return None
    return key.start(2) + 1, (
        f"is not valid YAML: '{key[2]}' is indented deeper than '{before[2]}', which has a value already; "
        f"begin it in column {before.start(2) + 1}"
    )


def _syntax_sentence(error: yaml.MarkedYAMLError) -> str:
    """Say in one sentence what is wrong with the text; the parser's own words are the last resort."""
    said = " ".join(part for part in (error.problem, error.context) if part)
    for words, sentence in _SENTENCES:
        if words in said:
            return f"is not valid YAML: {sentence}"
    return f"is not valid YAML: {said}"


def explained(error: yaml.MarkedYAMLError, text: str) -> tuple[Position, str]:
    """Where the mistake is, which need not be where the parser gave up, and what is wrong there."""
    at, began = position_of(error.problem_mark or error.context_mark), position_of(error.context_mark)
    if "'\\t'" in str(error.problem):
        return at, _tab_sentence(text, at.line - 1)
    too_deep = _too_deep_key(text, at.line - 1) if error.problem == _NO_KEY_HERE else None
    if too_deep is not None:
        return Position(at.line, too_deep[0]), too_deep[1]
    sentence = _syntax_sentence(error)
    if error.problem_mark is not None and not text[error.problem_mark.index :].strip("\x00 \n"):
        # Opened, and looked for to the end of the file.
        return began, sentence.replace("a ',' or ", "the closing ").replace(
            "is opened and", "is opened here and"
        )
    return at, sentence
