"""What `make run` takes from the environment."""

from pathlib import Path

import pytest

from local.settings import StartError, read_settings


def test_settings_left_out_have_the_documented_values(tmp_path: Path) -> None:
    settings = read_settings({"LOG_FILE": str(tmp_path / "app.log")})

    assert (settings.port, settings.bigquery_port) == (8080, 9050)
    assert (settings.pubsub_port, settings.storage_port) == (8085, 9023)
    assert settings.project == "convergence-local"
    assert settings.data_dir == settings.root / ".local"
    assert settings.configs_dir == settings.root / "configs"
    assert settings.steps_topic == "pipeline-steps"


def test_every_setting_can_be_changed(tmp_path: Path) -> None:
    environment = {
        "PORT": "1080",
        "BIGQUERY_PORT": "1050",
        "PUBSUB_PORT": "1085",
        "STORAGE_PORT": "1023",
        "GCP_PROJECT_ID": "elsewhere",
        "DATA_DIR": str(tmp_path / "kept"),
        "CONFIGS_DIR": str(tmp_path / "configs"),
        "LOG_FILE": str(tmp_path / "log"),
        "STEPS_TOPIC": "steps",
    }

    settings = read_settings(environment)

    assert (settings.port, settings.bigquery_port) == (1080, 1050)
    assert (settings.pubsub_port, settings.storage_port) == (1085, 1023)
    assert (settings.project, settings.steps_topic) == ("elsewhere", "steps")
    assert settings.data_dir == tmp_path / "kept"
    assert settings.configs_dir == tmp_path / "configs"
    assert settings.log_file == tmp_path / "log"


@pytest.mark.parametrize("port", ["web", "0", "70000", "-1"])
def test_a_port_that_is_none_is_named_with_its_variable(port: str, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="BIGQUERY_PORT is"):
        read_settings({"BIGQUERY_PORT": port, "LOG_FILE": str(tmp_path / "log")})
