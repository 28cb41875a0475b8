"""What is read once holds for every file that is alike."""

import pytest

from shared.config.kept_documents import KeptDocuments, read_document
from shared.config.problem import ConfigError
from shared.domain.tenant import Tenant

RIGHT, WRONG = "display_name: Acme\n", "display_nam: Acme\nlocation: 5\n"


def test_a_text_is_what_it_is_without_being_kept() -> None:
    kept = KeptDocuments()

    for file in ("configs/acme/tenant.yml", "configs/globex/tenant.yml"):
        assert kept.read(RIGHT, Tenant, file=file) == read_document(RIGHT, Tenant, file=file)


def test_its_problems_are_those_of_the_file_that_is_asked_for() -> None:
    kept = KeptDocuments()

    for file in ("configs/acme/tenant.yml", "configs/globex/tenant.yml"):
        with pytest.raises(ConfigError) as first:
            read_document(WRONG, Tenant, file=file)
        with pytest.raises(ConfigError) as again:
            kept.read(WRONG, Tenant, file=file)
        assert again.value.problems == first.value.problems
        assert {problem.file for problem in again.value.problems} == {file}
