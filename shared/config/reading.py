"""Reading one tenant's files, keeping every problem found on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from shared.config import kinds
from shared.config.beyond import NOTHING_BEYOND, Beyond
from shared.config.document import Document
from shared.config.folder import Folder
from shared.config.kept_documents import KeptDocuments, read_document
from shared.config.problem import ConfigError, ConfigProblem
from shared.config.text import Unreadable
from shared.domain.egress import GLOBAL_ONLY, Egress
from shared.domain.ids import TenantId
from shared.domain.table import Column

TEMPLATES = "templates"
"""The folder beside the tenants' whose files they share."""

_M = TypeVar("_M", bound=BaseModel)


@dataclass
class Reading:
    """What has been read and what was wrong with it."""

    folder: Folder
    tenant_id: TenantId
    egress: Egress = GLOBAL_ONLY
    """What the operator lets sources reach."""
    beyond: Beyond = NOTHING_BEYOND
    """Whom to ask about what the files alone don't tell."""
    kept: KeptDocuments | None = None
    """What was read before, of files that are alike."""
    added: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)
    """By table, the columns that the tenant's pipelines add to it."""
    problems: list[ConfigProblem] = field(default_factory=list)

    def file(self, path: str, model: type[_M]) -> tuple[_M, Document] | None:
        """The file as `model`, with its document; None if it is missing or wrong, which is then a problem."""
        text = self.text(path)
        if text is None:
            return None
        try:
            read = read_document if self.kept is None else self.kept.read
            return read(text, model, file=f"{self.folder.label}/{path}")
        except ConfigError as error:
            self.problems.extend(error.problems)
            return None

    def text(self, path: str) -> str | None:
        """The file's text; None if it is missing or can't be read, which is then a problem."""
        text = self.folder.read(path)
        if isinstance(text, str):
            return text
        reason = text or Unreadable("there is no such file")
        place = (f"{self.folder.label}/{path}", reason.line, reason.column)
        self.problems.append(ConfigProblem(*place, "", reason.message, kind=kinds.UNREADABLE_FILE))
        return None

    def find(self, kind: str, name: str, *, shared_too: bool) -> str | None:
        """The path of a named file in the tenant's folder, else in the templates'."""
        paths = (f"{root}/{kind}/{name}" for root in self._roots(shared_too))
        return next((path for path in paths if self.folder.read(path) is not None), None)

    def known(self, kind: str, suffix: str, *, shared_too: bool) -> tuple[str, ...]:
        """The names of that kind of file, without the suffix."""
        names = {name for root in self._roots(shared_too) for name in self.folder.names(f"{root}/{kind}")}
        return tuple(sorted(name.removesuffix(suffix) for name in names if name.endswith(suffix)))

    def finish(self) -> None:
        """Raise ConfigError with every problem, if there are any."""
        if any(problem.is_error for problem in self.problems):
            raise ConfigError(set(self.problems))

    def _roots(self, shared_too: bool) -> tuple[str, ...]:
        return (self.tenant_id, TEMPLATES) if shared_too else (self.tenant_id,)
