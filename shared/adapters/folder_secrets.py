"""Secrets in files: `<folder>/<tenant>/secrets/<name>.txt`."""

from pathlib import Path

from shared.domain.errors import StepError


class FolderSecrets:
    """Reads a secret each time it is needed; nothing is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, tenant_id: str, name: str) -> str:
        """The file's text without the line end."""
        try:
            return (self._folder / tenant_id / "secrets" / f"{name}.txt").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise StepError(f"Secret '{name}' is needed: there is no readable secrets/{name}.txt") from error
