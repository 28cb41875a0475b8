"""Paths that name a pipeline's parameters: `exports/{date_range:%Y/%m/%d}/*.csv`.

A parameter stands in braces. A date range stands for each of its days: a path for each, the same path once, so that
`{date_range:%Y%m}` is a path for each month. Braces that are meant are doubled.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import quote

from shared.domain.date_range import DateRange
from shared.domain.message import did_you_mean
from shared.domain.parameter import ParameterValue
from shared.domain.sql_parameter import sql_names

MOST_PATHS = 1_000
"""Of one path; each is looked for by itself."""

_ANY_PART = re.compile(r"(?P<brace>\{\{|\}\})|\{(?P<inside>[^{}]*)\}|(?P<text>[^{}]+)")
_INSIDE = re.compile(r"(?P<name>[a-z0-9_]+)(?::(?P<format>.*))?", re.DOTALL)
_DAY = "%Y-%m-%d"
_CODES = ("%Y", "%m", "%d", "%-m", "%-d")
_ANY_CODE = re.compile(r"%-?[^-]?", re.DOTALL)
_BESIDE_CODES = re.compile(r"[A-Za-z0-9._=/-]*")
_NO_LITERAL = re.compile(r"[/\\*?\[\]\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Placeholder:
    """What stands for a parameter, or for one end of a date range: `date_range_start`, `date_range_end`."""

    name: str
    format: str | None = None


class UnfitError(ValueError):
    """A parameter's value can't stand in the path."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.parameter = parameter


@dataclass(frozen=True)
class PathTemplate:
    """Texts as they are, and what stands for parameters between them."""

    parts: tuple[str | Placeholder, ...]

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """Those in it, in their order."""
        return tuple(part for part in self.parts if isinstance(part, Placeholder))

    @property
    def example(self) -> str:
        """A path that it may stand for."""
        return "".join(
            part if isinstance(part, str) else _written(date(2025, 5, 1), part.format) if part.format else "0"
            for part in self.parts
        )

    def paths(self, values: Sequence[ParameterValue], *, of_address: bool = False) -> tuple[str, ...]:
        """The paths that it stands for, each once, in the order of the days; `of_address`, values as a URL holds them.

        Raises UnfitError for a value that can't stand in a path, and for more than MOST_PATHS.
        """
        given = _given(values)
        names = [each.name for each in self.placeholders]
        range_name, days = _only_range(names, given)
        found: dict[str, None] = {}
        for day in days:
            texts = given | {range_name: day}
            found["".join(_text(part, texts, of_address=of_address) for part in self.parts)] = None
            if len(found) > MOST_PATHS:
                raise UnfitError(
                    range_name, f"makes more than {MOST_PATHS:,} paths of one; take fewer days in a run"
                )
        return tuple(found)


def _only_range(names: Sequence[str], given: "Mapping[str, _Given]") -> tuple[str, Iterator[date | None]]:
    """The date range that the path goes through, and its days; a single None where it goes through none."""
    ranges = {name: value for name in names if isinstance(value := given.get(name), DateRange)}
    if len(ranges) > 1:
        raise UnfitError(list(ranges)[1], "is a second date range in one path")
    for name, days in ranges.items():
        return name, days.days()
    return "", iter([None])


_Given = str | date | DateRange | None


def _given(values: Sequence[ParameterValue]) -> dict[str, _Given]:
    found: dict[str, _Given] = {}
    for value in values:
        match value.type:
            case "date":
                found[value.name] = date.fromisoformat(value.text)
            case "date_range":
                first, last = map(date.fromisoformat, value.text.split("/"))
                start, end = sql_names(value.name, value.type)
                found |= {value.name: DateRange(start=first, end=last), start: first, end: last}
            case _:
                found[value.name] = value.text
    return found


def _text(part: str | Placeholder, given: Mapping[str, _Given], *, of_address: bool) -> str:
    if isinstance(part, str):
        return part
    match given.get(part.name):
        case date() as day:
            return _written(day, part.format or _DAY)
        case str(text):
            try:
                require_literal(text)
            except ValueError as error:
                raise UnfitError(part.name, str(error)) from error
            return quote(text, safe="") if of_address else text
        case _:
            raise UnfitError(part.name, "is named in a path, and is no parameter of this pipeline")


def require_literal(text: str) -> None:
    """Raise ValueError unless the text, in a path, is a part of one name and stands for itself."""
    if not text or text.startswith(".") or _NO_LITERAL.search(text):
        raise ValueError(
            "stands in the path of a source, so it must have a character, not begin with a dot, "
            r"and hold none of / \ * ? [ ] and no control characters"
        )


def _written(day: date, form: str) -> str:
    texts = {
        "%Y": f"{day.year:04}",
        "%m": f"{day.month:02}",
        "%d": f"{day.day:02}",
        "%-m": str(day.month),
        "%-d": str(day.day),
    }
    return _ANY_CODE.sub(lambda found: texts[found[0]], form)


@lru_cache(maxsize=1_000)
def parse_path_template(text: str) -> PathTemplate:
    """The template. Raises ValueError for braces that are neither doubled nor around a parameter."""
    parts: list[str | Placeholder] = []
    end = 0
    for found in _ANY_PART.finditer(text):
        if found.start() != end:
            break
        end = found.end()
        if found["inside"] is not None:
            parts.append(_placeholder(found["inside"]))
        else:
            parts.append(found["brace"][:1] if found["brace"] else found["text"])
    if end != len(text):
        raise ValueError(f"has a '{text[end]}' without its other brace; a brace that is meant is doubled")
    return PathTemplate(tuple(parts))


def _placeholder(inside: str) -> Placeholder:
    found = _INSIDE.fullmatch(inside)
    if found is None:
        raise ValueError(
            f"has '{{{inside}}}', which names no parameter: write '{{date_range}}' or '{{date_range:%Y/%m/%d}}'; "
            "braces that are meant are doubled"
        )
    if found["format"] is not None:
        _require_format(found["format"])
    return Placeholder(found["name"], found["format"])


def _require_format(form: str) -> None:
    codes = _ANY_CODE.findall(form)
    wrong = next((code for code in codes if code not in _CODES), None)
    if wrong is not None:
        meant = next((code for code in _CODES if code.lower() == wrong.lower()), None)
        raise ValueError(f"has '{wrong}' in a date's format, {_FORMAT_HELP}{did_you_mean(meant)}")
    beside = _ANY_CODE.sub("", form)
    if not codes or not _BESIDE_CODES.fullmatch(beside):
        raise ValueError(f"has '{form}' for a date's format, {_FORMAT_HELP}")


_FORMAT_HELP = f"which is made of {', '.join(_CODES)}, letters, digits and . _ = / -"
