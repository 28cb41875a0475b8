"""Write the archive that the functions are deployed from: the same tree gives the same bytes, anywhere and any time.

    python scripts/build_bundle.py [--configs configs] [--output dist/bundle.zip]

Only files of the kinds listed here get in, whether git knows them or not: a tree without git builds the same archive,
and what lies about, such as a key, a backup or a note, stays out. Tests, docs and pyproject.toml stay out because the
Cloud build compiles every Python file it is given and may take pyproject.toml for its list of dependencies.

Configurations are not in it unless asked for. They are read from CONFIGS_URI, so that onboarding a tenant changes no
function; with them the archive can do without a bucket. Secrets never get in.
"""

import argparse
import hashlib
import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_CODE = (
    "main.py",
    "requirements.txt",
    "functions/**/*.py",
    "shared/**/*.py",
    "shared/schemas/*.json",
    "shared/sql/*.sql",
    "shared/sources/sql_database/reading/sql/*.sql",
    "shared/py.typed",
)
_CONFIGS = (
    "*/tenant.yml",
    "*/pipelines/*/*/*.yml",
    "*/sources/*.yml",
    "*/dq_rules/*.yml",
    "*/schemas/*.yml",
    "*/transforms/*.sql",
    # Rows for pipelines to read, of any kind.
    "*/files/**/*",
)
_UNREAD = ("__pycache__", "secrets")
# The earliest a ZIP file can say. The mode is that of a file that everybody may read.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_MODE = 0o100644


class LinkError(Exception):
    """Something to be bundled is a link: where it leads differs from machine to machine."""


def bundle(root: Path, *, configs: Path | None = None) -> bytes:
    """The archive of the code below `root`, with the tenants' folders of `configs` as `configs/` if given.

    Raises LinkError.
    """
    files = {path.relative_to(root).as_posix(): path for path in _matches(root, _CODE)}
    if configs is not None:
        found = _matches(configs, _CONFIGS)
        files |= {f"configs/{path.relative_to(configs).as_posix()}": path for path in found}
    archive = io.BytesIO()
    # Not compressed: what zlib makes of the same bytes differs from release to release of it.
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as zipped:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=_MOMENT)
            entry.create_system = _UNIX
            entry.external_attr = _MODE << 16
            zipped.writestr(entry, files[name].read_bytes())
    return archive.getvalue()


def _matches(folder: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        for path in folder.glob(pattern):
            parts = path.relative_to(folder).parts
            if path.is_dir() or any(part.startswith(".") or part in _UNREAD for part in parts):
                continue
            on_the_way = (folder.joinpath(*parts[:depth]) for depth in range(1, len(parts) + 1))
            for place in filter(Path.is_symlink, on_the_way):
                raise LinkError(f"{place} is a link; put there what it leads to")
            yield path


def main() -> int:
    """Write the archive and say where, how big and which; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="build_bundle.py", description="Write the archive of the functions."
    )
    parser.add_argument("--configs", type=Path, help="a folder of tenants to put in as well")
    parser.add_argument("--output", type=Path, default=ROOT / "dist" / "bundle.zip")
    arguments = parser.parse_args()
    if arguments.configs is not None and not arguments.configs.is_dir():
        parser.error(f"there is no folder {arguments.configs}")
    try:
        contents = bundle(ROOT, configs=arguments.configs)
    except LinkError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_bytes(contents)
    print(f"{arguments.output}  {len(contents)} bytes  sha256 {hashlib.sha256(contents).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
