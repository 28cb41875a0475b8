"""`convergence schema`, and what it prints held against the files it is for."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from cli.main import convergence
from shared.config.document import parse_document
from tests.stage import ROOT

EXAMPLE = ROOT / "configs" / "acme_corp_001"
FILES = [
    ("tenant", EXAMPLE / "tenant.yml"),
    *(("pipeline", path) for path in EXAMPLE.glob("pipelines/*/*/*.yml")),
    *(("source", path) for path in EXAMPLE.glob("sources/*.yml")),
    *(("rules", path) for path in EXAMPLE.glob("dq_rules/*.yml")),
    *(("tests", path) for path in EXAMPLE.glob("tests/*.yml")),
]


def printed_schema(kind: str) -> dict[str, object]:
    result = CliRunner().invoke(convergence, ["schema", kind])
    assert result.exit_code == 0, result.output
    schema: dict[str, object] = json.loads(result.stdout)
    return schema


@pytest.mark.parametrize("kind", ["tenant", "pipeline", "source", "rules", "table", "tests"])
def test_every_kind_has_a_valid_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(printed_schema(kind))


@pytest.mark.parametrize(("kind", "path"), FILES, ids=lambda value: getattr(value, "name", value))
def test_the_examples_satisfy_their_schemas(kind: str, path: Path) -> None:
    document = parse_document(path.read_text(), file=path.name)

    jsonschema.validate(document.value, printed_schema(kind))


def test_a_misspelt_key_does_not() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"display_name": "A", "locaton": "EU"}, printed_schema("tenant"))
