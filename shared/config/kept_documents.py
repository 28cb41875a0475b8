"""Texts that were parsed and validated before: many tenants' files are alike, to the letter."""

from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from pydantic import BaseModel

from shared.config.document import Document, parse_document
from shared.config.problem import ConfigError
from shared.config.validation import validate

_M = TypeVar("_M", bound=BaseModel)
_Outcome = tuple[BaseModel, Document] | ConfigError


def read_document(text: str, model: type[_M], *, file: str) -> tuple[_M, Document]:
    """The text as `model`, with its document. Raises ConfigError."""
    document = parse_document(text, file=file)
    return validate(document, model), document


@dataclass
class KeptDocuments:
    """What came of texts, for as long as somebody holds on to this: a command, and no function."""

    _outcomes: dict[tuple[str, type[BaseModel]], _Outcome] = field(default_factory=dict)

    def read(self, text: str, model: type[_M], *, file: str) -> tuple[_M, Document]:
        """What `read_document` gives and raises."""
        outcome = self._outcomes.get((text, model)) or self._keep(text, model)
        if isinstance(outcome, ConfigError):
            raise ConfigError([replace(problem, file=file) for problem in outcome.problems])
        found, document = outcome
        return cast(_M, found), replace(document, file=file)

    def _keep(self, text: str, model: type[BaseModel]) -> _Outcome:
        try:
            outcome: _Outcome = read_document(text, model, file="")
        except ConfigError as error:
            outcome = error
        self._outcomes[text, model] = outcome
        return outcome
