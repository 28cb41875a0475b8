"""The file people source."""

import subprocess
import sys
from pathlib import Path

from local.environment import write_shell_file


def test_a_shell_that_sources_the_file_has_every_value_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "env"
    write_shell_file(file, {"PLAIN": "x", "ODD": "a b'c\"$HOME`d`"})

    script = '. "$1"; printf "%s\\n" "$PLAIN" "$ODD" "$PATH"'
    shell = subprocess.run(
        ["/bin/sh", "-c", script, "sh", str(file)],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    binaries = Path(sys.executable).parent
    assert shell.stdout.splitlines() == ["x", "a b'c\"$HOME`d`", f"{binaries}:/usr/bin:/bin"]
