"""Write the exact versions anew from pyproject.toml: `make lock`, with `UPGRADE=1` for newer ones.

`requirements-dev.lock` is what developers and the tests have. `requirements.txt` is what the Cloud build installs: the
part of it that the functions need, with the hashes of every file of each package, so that the same archive is the same
software whenever it is deployed.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_COMPILE = (
    *("uv", "pip", "compile", "--quiet", "pyproject.toml", "--universal", "--python-version", "3.11"),
    *("--no-header", "--no-annotate"),
)
_BLOCK = re.compile(r"^(?P<name>[\w.-]+)(?P<extras>\[[\w,-]+\])?(?P<rest>==.*\n(?:    .*\n)*)", re.MULTILINE)


def main(options: list[str]) -> None:
    """Write both files; `options` go to uv."""
    programs = Path(sys.executable).parent

    def compile_to(file: str, *more: str) -> None:
        command = [str(programs / _COMPILE[0]), *_COMPILE[1:], *options, *more, "--output-file", file]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - uv itself

    compile_to("requirements-dev.lock", "--extra", "dev")
    constraint = ("--constraint", "requirements-dev.lock")
    compile_to("requirements.txt", *constraint, "--generate-hashes", "--no-strip-extras")
    locked = ROOT / "requirements.txt"
    locked.write_text(_with_plain_names(locked.read_text()))


def _with_plain_names(text: str) -> str:
    """Each package that is asked for with extras without them, too.

    Of hashed requirements pip before 24 wants a line for either way in which another package asks for it.
    """
    return _BLOCK.sub(
        lambda found: (found["name"] + found["rest"] if found["extras"] else "") + found[0], text
    )


if __name__ == "__main__":
    main(sys.argv[1:])
