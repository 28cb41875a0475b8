"""What is wrong in a configuration file, in words for the person who must fix it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.config.kind import Kind
from shared.domain.errors import InvalidError
from shared.domain.message import did_you_mean, listed, shortened


@dataclass(frozen=True, order=True)
class ConfigProblem:
    """One thing to put right. `line` and `column` count from 1; `path` is where it is in the document.

    `allowed` holds the words that would be right, `suggestion` the one that was probably meant.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    allowed: tuple[str, ...] = ()
    suggestion: str | None = None
    kind: Kind = field(kw_only=True, compare=False)
    end_column: int | None = field(default=None, kw_only=True, compare=False)
    """One past the last character of what is wrong, where that ends in the same line."""

    @property
    def is_error(self) -> bool:
        """Whether it refuses the configuration; a warning doesn't."""
        return self.kind.severity == "error"

    @property
    def code(self) -> str:
        """The code of its kind."""
        return self.kind.code

    @property
    def pointer(self) -> str:
        """Where the problem is, as an editor opens it: `file:line:column`."""
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def detail(self) -> str:
        """What is wrong and what would be right, without the place."""
        where = f"{self.path}: " if self.path else ""
        allowed = f"; use {_choice(self.allowed)}" if self.allowed else ""
        return shortened(f"{where}{self.message}{allowed}{did_you_mean(self.suggestion)}")

    def __str__(self) -> str:
        return f"{self.pointer}: {self.detail}"


class ConfigError(InvalidError):
    """A configuration is wrong. `problems` holds all of it, ordered by file, line and column.

    A problem answers `pointer` and `detail` as the fields of a wrong request do, so it is shown in the same way.
    """

    problems: tuple[ConfigProblem, ...]  # type: ignore[assignment]

    def __init__(self, problems: Iterable[ConfigProblem]) -> None:
        ordered = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in ordered), code="invalid_configuration")
        self.problems = ordered


def _choice(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"one of {listed(words)}"
