"""The part of the documentation that explains each kind of problem, with an example that a test holds."""

from collections.abc import Iterator

from shared.config.kind import Kind
from shared.config.kinds import KINDS
from tests.unit.cli.mistake_cases import Mistake, all_mistakes


def problems_part() -> str:
    """A section for each code: what it means, and the first mistake that has it, as it is told."""
    mistakes = all_mistakes()
    return "\n".join(line for kind in KINDS.values() for line in _section(kind, mistakes)) + "\n"


def _section(kind: Kind, mistakes: list[Mistake]) -> Iterator[str]:
    yield from (f"### {kind.code}", "", f"**{kind.title}.** {kind.explanation}", "")
    if kind.severity == "warning":
        yield from ("It is a warning and refuses nothing.", "")
    example = next((each for each in mistakes if each.said.count(kind.code) == 1), None)
    if example is not None:
        said = example.said.rstrip("\n").replace("configs/acme/", "configs/example_001/")
        yield from ("```text", said, "```", "")
