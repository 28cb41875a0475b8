#!/usr/bin/env bash
# Format, validity and tests of the Terraform root, its modules and examples, and the tests that plant faults in them.
#
#     scripts/test-terraform.sh TERRAFORM...
#
# TERRAFORM is the command, e.g. terraform; the providers' registry has to be within reach. Nothing is deployed, and no
# credentials are needed: the providers are mocked. Exit status 1 if anything fails; the rest is tested all the same.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

failed=()

try() {
  local folder=$1 output
  shift
  output=$("$@" -no-color 2>&1) && return 0
  echo "$output"
  failed+=("$folder")
  return 1
}

echo "terraform fmt"
"$@" fmt -check -recursive -no-color terraform || failed+=("fmt: format with terraform fmt -recursive terraform")

for folder in terraform terraform/modules/*/ terraform/examples/*/; do
  folder=${folder%/}
  echo "$folder"
  try "$folder" "$@" "-chdir=$folder" init -backend=false || continue
  try "$folder" "$@" "-chdir=$folder" validate || continue
  if compgen -G "$folder/tests/*.tftest.hcl" >/dev/null; then
    try "$folder" "$@" "-chdir=$folder" test
  fi
done

TERRAFORM="$*" .venv/bin/python -m pytest -q -n 2 tests/terraform || failed+=("tests/terraform")

if ((${#failed[@]})); then
  printf 'failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
