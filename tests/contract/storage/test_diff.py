"""What pipelines would do is compared with a bucket, as the functions read it."""

from pathlib import Path

from click.testing import CliRunner

from cli.main import convergence
from shared.settings import Settings
from tests.contract.storage.stand_in import StorageStandIn
from tests.contract.storage.trees import BUCKET, PREFIX, put_files
from tests.fakes.acme import FILES


def test_the_folder_is_compared_with_what_is_deployed(
    stored: StorageStandIn, settings: Settings, tmp_path: Path
) -> None:
    put_files(stored, FILES)
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    arguments = ["diff", "--against", f"gs://{BUCKET}/{PREFIX}"]

    same = CliRunner().invoke(convergence, arguments, env={"CONFIGS_DIR": str(tmp_path)})
    (tmp_path / "acme/tenant.yml").write_text("display_name: Acme\nlocation: EU\n")
    moved = CliRunner().invoke(convergence, arguments, env={"CONFIGS_DIR": str(tmp_path)})
    nothing = CliRunner().invoke(
        convergence, [*arguments[:2], f"gs://{BUCKET}/none"], env={"CONFIGS_DIR": str(tmp_path)}
    )

    assert same.exit_code == 0, same.output
    assert moved.exit_code == 1
    assert "@@ location @@" in moved.output
    assert nothing.exit_code == 2
    assert f"There are no tenants in gs://{BUCKET}/none" in nothing.output
