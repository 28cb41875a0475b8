"""Files on disk: those in the tenant's own folder, and those of a folder that all tenants may read."""

from glob import has_magic
from pathlib import Path

from shared.adapters.readable_file import FoundFiles, ReadableFile, no_match


class DiskFiles:
    """Files below `configs_dir/<tenant>`, where a relative path starts, and below `files_dir`.

    Never those of `secrets/`, nor another tenant's.
    """

    def __init__(self, configs_dir: Path, files_dir: Path | None) -> None:
        self._configs_dir = configs_dir
        self._files_dir = files_dir

    def find(self, tenant_id: str, pattern: str) -> FoundFiles:
        """The files that match, in the order of their names. Raises StepError where there are none."""
        own = self._configs_dir / tenant_id
        full = own.absolute() / pattern
        root = Path(full.anchor)
        found = sorted(root.glob(str(full.relative_to(root)))) if has_magic(pattern) else [full]
        files = [path for path in found if path.is_file()]
        # The same words whether or not the file exists: what is there is none of the tenant's business.
        if not files or not all(self._is_allowed(path, own.resolve()) for path in files):
            raise no_match(pattern)
        for path in files:
            yield ReadableFile(path, path.name, is_gzipped=path.suffix == ".gz")

    def _is_allowed(self, path: Path, own: Path) -> bool:
        real = path.resolve()
        if real.is_relative_to(own) and not real.is_relative_to(own / "secrets"):
            return True
        if self._files_dir is None or real.is_relative_to(self._configs_dir.resolve()):
            return False
        return real.is_relative_to(self._files_dir.resolve())
