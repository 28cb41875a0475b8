"""The documentation is true: its commands are executed, its links and names exist, its generated parts are current."""

import ast
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from docs.generate import generated, pages, parts
from shared.adapters.folder_configs import DiskFolder
from shared.config.beyond import Beyond
from shared.config.standard_tables import METADATA_VIEWS
from shared.config.tenant_folder import check_tenant
from tests.acceptance.page import Block, Shell, blocks, commands, disagreements
from tests.acceptance.programs import Programs
from tests.stage import ROOT, Stage
from tests.unit.cli.mistake_cases import analyzer

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = [
    pytest.param(page, index, id=f"{page.relative_to(ROOT)}:{block.line}")
    for page in PAGES
    for index, block in enumerate(commands(page.read_text()))
]


@pytest.fixture(scope="module")
def shells(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Path, Shell]]:
    """A shell for each page, as its reader has one; but for the README, programs are not started for each command."""
    programs = Programs(tmp_path_factory.mktemp("programs"))
    opened = {
        page: Shell(
            tmp_path_factory.mktemp(page.stem),
            stage.platform.env,
            cwd=ROOT,
            begins_with=":" if page == README else programs.functions,
        )
        for page in PAGES
        if commands(page.read_text())
    }
    yield opened
    for shell in opened.values():
        shell.close()
    programs.close()


@pytest.mark.parametrize(("page", "index"), COMMANDS)
def test_a_command_of_a_page_does_what_the_page_says(
    stage: Stage, shells: dict[Path, Shell], page: Path, index: int
) -> None:
    env = stage.platform.settings.data_dir / "env"
    so_far = [
        replace(each, text=each.text.replace("source .local/env", f"source {env}"))
        for each in commands(page.read_text())[: index + 1]
    ]
    if lacking := program_lacking(so_far):
        pytest.skip(lacking)
    printed = ""
    for number, each in enumerate(so_far, start=1):
        if not program_lacking(so_far[:number]):
            printed = shells[page].execute(each)

    answer = so_far[-1].answer
    assert answer is None or disagreements(answer, printed) == []


def program_lacking(so_far: list[Block]) -> str | None:
    """What the last block can't be executed without. What `curl` answered and a block kept, later blocks need."""
    kept = any(each.calls("curl") and "=$(" in each.text for each in so_far)
    if shutil.which("curl") is None and (kept or so_far[-1].calls("curl")):
        return "needs `curl`, from your system's packages"
    if shutil.which("bq") is None and so_far[-1].calls("bq"):
        return "needs `bq`, which comes with the Google Cloud SDK"
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text())

    broken = [target for target in targets if "://" not in target and not leads_somewhere(page, target)]

    assert broken == []


def leads_somewhere(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    return file.exists() and (not anchor or anchor in headings(file.read_text()))


def headings(text: str) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_everything_on_the_map_is_there() -> None:
    readme = README.read_text()
    rows = re.findall(r"^\| (`.+?) \|", readme.partition("## Map")[2].partition("\n## ")[0], re.MULTILINE)

    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]

    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_generated_parts_are_current() -> None:
    stale = [page.name for page in pages() if generated(page.read_text(), parts()) != page.read_text()]

    assert stale == [], "run: python docs/generate.py"


@pytest.mark.parametrize("view", METADATA_VIEWS)
def test_a_views_columns_are_those_of_the_page(stage: Stage, view: str) -> None:
    page = (ROOT / "docs" / "metadata-schema.md").read_text()
    section = page.partition(f"### View `{view}`")[2].partition("\n#")[0]
    described = re.findall(r"^\| `(\w+)` \| (\w+)", section, re.MULTILINE)

    schema = stage.client().get_table(f"metadata.{view}").schema

    assert described == [(field.name, field.field_type) for field in schema]


def test_every_code_of_a_problem_is_in_the_troubleshooting_table() -> None:
    sources = "".join(
        path.read_text() for root in ("shared", "functions") for path in (ROOT / root).rglob("*.py")
    )
    codes = set(re.findall(r'code(?:: str)? ?= ?"([a-z_]+)"', sources))
    codes |= {text.lower().replace(" ", "_") for text in re.findall(r'NotFoundError\("([^"]+)"', sources)}
    page = (ROOT / "docs" / "CUSTOMER_ONBOARDING.md").read_text().partition("## Troubleshooting")[2]

    assert len(codes) > 15
    assert sorted(code for code in codes if f"`{code}`" not in page) == []


def test_the_configuration_that_is_shown_is_right(tmp_path: Path) -> None:
    shown = [ROOT / "docs/pipeline-configuration.md", *(ROOT / "docs/sources").glob("*.md")]
    for block in (each for page in shown for each in blocks(page.read_text())):
        if block.language in ("yaml", "sql"):
            file = tmp_path / block.text.splitlines()[0].lstrip("#- ")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text)

    problems = check_tenant(DiskFolder(tmp_path / "configs"), "example_001", beyond=Beyond(analyzer()))

    assert [str(problem) for problem in problems] == []


def test_the_pipeline_in_the_readme_is_the_one_that_runs() -> None:
    [shown] = [block.text for block in blocks(README.read_text()) if block.language == "yaml"]

    assert shown == (ROOT / "configs/acme_corp_001/pipelines/focus/cost/import.yml").read_text()


def test_every_place_that_a_surprise_names_is_there() -> None:
    text = (ROOT / "docs" / "surprises.md").read_text()

    named = re.findall(r"`((?:shared|functions|local|configs|tests)/[^`]+)`", text)

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_test_that_holds_a_promise_is_there() -> None:
    """A name without a folder is in that of the name before it."""
    text = (ROOT / "docs" / "RELIABILITY.md").read_text()
    cells = re.findall(r"^\|.*\| (`(?:\w+/|test_)[^|]*) \|$", text, re.MULTILINE)

    missing, count = [], 0
    for cell in cells:
        folder = ROOT / "tests"
        for name in re.findall(r"`([^`]+)`", cell):
            path = (folder if name.startswith("test_") else ROOT / "tests") / name
            folder, count = path.parent, count + 1
            missing += [] if path.exists() else [name]

    assert count > 60
    assert missing == []


def read_by(module: str) -> dict[str, str | None]:
    """Each variable that a settings module reads, with its default where that is a constant."""
    found = {}
    for node in ast.walk(ast.parse((ROOT / module).read_text())):
        if isinstance(node, ast.Call):
            constants = [each.value for each in node.args if isinstance(each, ast.Constant)]
            if constants and re.fullmatch(r"[A-Z][A-Z0-9_]{3,}", str(constants[0])):
                has_default = ast.unparse(node.func) in ("os.environ.get", "_parse_port", "_seconds")
                found[str(constants[0])] = str(constants[1]) if has_default and len(constants) > 1 else None
    return found


@pytest.mark.parametrize(
    ("section", "module"),
    [
        ("Functions, scripts and the command line", "shared/settings.py"),
        ("`make run`", "local/settings.py"),
    ],
)
def test_the_variables_of_the_page_are_those_of_the_code(section: str, module: str) -> None:
    page = (ROOT / "docs" / "ENVIRONMENT_VARIABLES.md").read_text()
    rows = re.findall(
        r"^\| `(\w+)` \| (.*?) \|", page.partition(f"## {section}\n")[2].partition("\n## ")[0], re.MULTILINE
    )
    read = read_by(module)

    described = {name: default for name, default in rows if name.isupper()}

    assert described.keys() == read.keys()
    assert [name for name, default in read.items() if default and f"`{default}`" not in described[name]] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_uses_no_variable_that_nobody_knows(stage: Stage, page: Path) -> None:
    text = page.read_text()
    written = (stage.platform.settings.data_dir / "env").read_text()
    known = {*read_by("shared/settings.py"), *read_by("local/settings.py")}
    known |= {
        *re.findall(r"^export (\w+)=", written, re.MULTILINE),
        *re.findall(r"^(\w+)=", text, re.MULTILINE),
    }

    used = set(re.findall(r"\$\{?([A-Z][A-Z0-9_]+)", text)) | set(re.findall(r"\b([A-Z]+_[A-Z_]+)=", text))

    assert used - known == set()
