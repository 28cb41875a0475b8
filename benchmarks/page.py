"""`python -m benchmarks.page`: put what was measured last into docs/PERFORMANCE.md, between its marks."""

import re
import sys

from benchmarks.report import FOLDER
from benchmarks.stage import ROOT

_PAGE = ROOT / "docs" / "PERFORMANCE.md"
_PART = re.compile(r"(<!-- measured: (\w+) -->\n).*?(<!-- end of measured -->)", re.S)


def main() -> int:
    """Every part that has been measured as a whole; 1 where none has."""
    names = ("bench", "peers")
    kept = {
        name: (FOLDER / f"{name}.md").read_text("utf-8") for name in names if (FOLDER / f"{name}.md").exists()
    }

    def part(match: "re.Match[str]") -> str:
        text = kept.get(match[2])
        return match[0] if text is None else f"{match[1]}\n{text}\n{match[3]}"

    page = _PAGE.read_text("utf-8")
    _PAGE.write_text(_PART.sub(part, page), encoding="utf-8")
    print(f"{_PAGE}: {', '.join(sorted(kept)) or 'nothing was measured'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
