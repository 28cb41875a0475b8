"""Problems as people read them: what is wrong, the line that it is in, and the part of it underlined."""

import re
import unicodedata
from collections.abc import Callable

import click

from shared.config.problem import ConfigProblem
from shared.config.text import Unreadable
from shared.domain.secrecy import names_secret

ReadText = Callable[[str], str | Unreadable | None]
"""The text of a file by its path below the folder of configurations."""

_LONGEST_LINE = 160
_COLOUR_BY_SEVERITY = {"error": "red", "warning": "yellow"}
_LONG_WORD = re.compile(r"(?=[^\s]*[0-9])(?=[^\s]*[A-Za-z])[A-Za-z0-9+/_=.~-]{25,}")
_KEY_BEFORE_VALUE = re.compile(r"""([A-Za-z_][\w-]*)["']?\s*:\s*(?=\S)""")
_ONE_KEY = re.compile(r"""\{\s*["']?(?!secret\b)[\w-]+["']?\s*:\s*(?=[^\s{,}][^,}]*\}?\s*$)""")
"""A mapping of one key, which was meant to be `secret`."""
_NAME_OF_SECRET = re.compile(r"[a-z0-9_]+[\s,}]*$|[a-z0-9_]+\s*[,}]")
_IN_ADDRESS = re.compile(
    r"""(?<=://)(?P<user>[^/\s@"']+)(?=@)|(?<=[?&;])(?P<name>[\w.-]+)=(?P<value>[^&;#\s"']+)"""
)
_REST = re.compile(r"[^\s}\]]|[}\]\s]+(?=[^}\]\s])")


def problem_text(problem: ConfigProblem, *, read: ReadText) -> str:
    """The problem in a few lines; colours are for whoever prints it to keep or take away."""
    severity = problem.kind.severity
    word = click.style(f"{severity} {problem.code}", fg=_COLOUR_BY_SEVERITY[severity], bold=True)
    head = f"{click.style(problem.pointer, bold=True)}: {word}: {problem.detail}"
    return "\n".join([head, *_excerpt(problem, read), f"     = {problem.kind.link}"])


def _excerpt(problem: ConfigProblem, read: ReadText) -> list[str]:
    text = read(problem.file.partition("/")[2])
    lines = text.split("\n") if isinstance(text, str) else []
    if problem.line > len(lines):
        return []
    written = lines[problem.line - 1].rstrip("\r")
    end = problem.end_column or problem.column + 1
    if not written.strip() or problem.column > _LONGEST_LINE:
        return []
    line = _shown(written, is_yaml=problem.file.endswith(".yml"))[:_LONGEST_LINE]
    under = "^" * max(1, _width(line[problem.column - 1 : end - 1]))
    colour = _COLOUR_BY_SEVERITY[problem.kind.severity]
    return [
        f"{problem.line:>4} | {line}",
        f"     | {_blank(line[: problem.column - 1])}{click.style(under, fg=colour, bold=True)}",
    ]


def _shown(line: str, *, is_yaml: bool) -> str:
    """The line as long as it is, without what may be a secret and what a terminal would obey."""
    if is_yaml:
        line = _LONG_WORD.sub(_dots, _without_secret(line))
    return "".join(each if each.isprintable() or each == "\t" else "·" for each in line)


def _without_secret(line: str) -> str:
    """Whatever follows a key that names a secret may belong to it: words between quotes, and commas."""
    line = _IN_ADDRESS.sub(_address_part, line)
    for match in _KEY_BEFORE_VALUE.finditer(line):
        rest, end = line[match.end() :], match.end()
        is_name = match[1] == "secret" and _NAME_OF_SECRET.match(rest)
        if is_name or not names_secret(match[1]):
            continue
        one_key = _ONE_KEY.match(rest)
        if one_key or not rest.startswith("{"):
            end += one_key.end() if one_key else 0
            return line[:end] + _REST.sub(_dots, line[end:])
    return line


def _address_part(match: re.Match[str]) -> str:
    if match["user"]:
        return _dots(match)
    return f"{match['name']}={'·' * len(match['value'])}" if names_secret(match["name"]) else match[0]


def _dots(match: re.Match[str]) -> str:
    return "·" * len(match[0])


def _blank(text: str) -> str:
    """As wide as the text: a tab stays one, whatever it is wide on this screen."""
    return "".join("\t" if each == "\t" else " " * _width(each) for each in text)


def _width(text: str) -> int:
    """How many columns of a terminal it takes."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )
