"""A place in a document, and the problems that it has."""

from dataclasses import dataclass, replace

from shared.config.document import Document, Location, path_text
from shared.config.inside_scalar import place_within
from shared.config.kind import Kind
from shared.config.kinds import ABOUT_KEYS
from shared.config.position import Position
from shared.config.problem import ConfigProblem
from shared.domain.message import nearest


@dataclass(frozen=True)
class Place:
    """A document, and where in it; what the document doesn't say itself is said by its `template`, where it has one."""

    document: Document
    location: Location
    template: Document | None = None
    is_key: bool = False
    """Whether the key is meant there, rather than its value."""

    def at(self, *parts: str | int) -> "Place":
        """A place further in."""
        return Place(self.document, (*self.location, *parts), self.template)

    def key(self, *parts: str | int) -> "Place":
        """The key of a place further in."""
        return replace(self.at(*parts), is_key=True)

    @property
    def line(self) -> str:
        """Where it is, for a sentence about another place: `line 3`, or `line 3 of <file>` in the template."""
        document = self._speaker
        line = f"line {document.position(self.location).line}"
        return line if document is self.document else f"{line} of {document.file}"

    def problem(
        self,
        kind: Kind,
        message: str,
        *,
        allowed: tuple[str, ...] = (),
        suggestion: str | None = None,
        inside: Position | None = None,
        width: int | None = None,
    ) -> ConfigProblem:
        """The problem that this place has, or a character `inside` its text and `width - 1` after it."""
        document = self._speaker
        at = document.position if self.is_key or kind in ABOUT_KEYS else document.value_position
        key_end = document.key_ends.get(self.location) if self.is_key else None
        position = at(self.location)
        end = key_end.column if key_end is not None else document.end_column(self.location)
        within = place_within(document, self.location, inside) if inside else None
        if within is not None:
            position, end = within, within.column + width if width else None
        return ConfigProblem(
            document.file,
            position.line,
            position.column,
            path_text(self.location),
            message,
            allowed,
            suggestion,
            kind=kind,
            end_column=end,
        )

    def unknown(self, kind: Kind, word: str, known: tuple[str, ...], *, what: str) -> ConfigProblem:
        """The problem of a word that should be one of some others."""
        return self.problem(
            kind, f"'{word}' is not {what}", allowed=tuple(sorted(known)), suggestion=nearest(word, known)
        )

    @property
    def _speaker(self) -> Document:
        """The one of the two documents that says what is here: a template's parameters are taken one by one."""
        taken = self.location[: 2 if self.location[:1] == ("parameters",) else 1]
        return self.document if self.template is None or taken in self.document.positions else self.template
