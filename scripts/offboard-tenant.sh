#!/usr/bin/env bash
# Let Terraform forget a tenant's dataset, tables and secrets, so that its folder can be removed and its data stays.
#
#     scripts/offboard-tenant.sh TENANT_ID [TERRAFORM...]
#
# TERRAFORM is the command, `terraform -chdir=terraform` if it is left out; it has to be initialised for the environment.
# Lists what will be forgotten, and asks. Remove the folder right after it: as long as it is there, Terraform wants to make
# anew what it has forgotten, and is refused because it exists. Exit status 1 where the answer is not yes.
set -euo pipefail

tenant_id=${1:-}
if [[ ! $tenant_id =~ ^[A-Za-z0-9_]{3,50}$ ]]; then
  sed -n '4p' "$0" | sed 's/^#  */usage: /' >&2
  exit 2
fi
shift
terraform=("$@")
((${#terraform[@]})) || terraform=(terraform -chdir=terraform)

state=$("${terraform[@]}" state list)
mapfile -t addresses < <(
  for kind in google_bigquery_dataset google_bigquery_table google_secret_manager_secret; do
    # The whole of `module.tenant["ID"].KIND.`: another tenant's id may begin with this one's.
    grep -F "module.tenant[\"$tenant_id\"].$kind.tenant" <<<"$state" || true
  done
)
if ((${#addresses[@]} == 0)); then
  echo "Terraform knows no dataset, table or secret of $tenant_id." >&2
  exit 1
fi
echo "Terraform will forget these. They stay in Google Cloud, with all that is in them:"
printf '  %s\n' "${addresses[@]}"
read -r -p "Only 'yes' goes on: " answer || true
if [[ ${answer:-} != yes ]]; then
  echo "Nothing was done." >&2
  exit 1
fi
"${terraform[@]}" state rm "${addresses[@]}"
echo "Now remove configs/$tenant_id and deploy: its account, its grants, its files and its schedules go."
