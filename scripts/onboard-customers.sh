#!/usr/bin/env bash
# Onboard several tenants: folder, dataset, tables, and one API key each, kept in a file that only you can read.
#
#     scripts/onboard-customers.sh --keys FOLDER [FILE]
#
# FILE, or standard input, is CSV: tenant_id,display_name,location. A header line is passed over; display_name and
# location may be empty. A tenant whose key file is there gets no second key, so it may be run again at any time,
# with more lines too. Exit status 1 if a tenant could not be onboarded; the others are.
set -euo pipefail

say_usage() { sed -n '4p' "$0" | sed 's/^#  */usage: /' >&2; }

# One tenant a line, fields apart by the ASCII unit separator: a display name may hold a comma or be empty.
read_tenants() {
  python3 -c '
import csv, sys
for number, row in enumerate(csv.reader(sys.stdin, skipinitialspace=True), start=1):
    cells = [cell.strip() for cell in row]
    if not any(cells) or cells[0] == "tenant_id":
        continue
    if len(cells) > 3 or not cells[0] or any(not cell.isprintable() for cell in cells):
        sys.exit(f"line {number}: expected tenant_id,display_name,location")
    print(*(cells + ["", ""])[:3], sep="\x1f")
'
}

onboard() {
  local tenant_id=$1 display_name=$2 location=$3 file="$keys/$1.key"
  convergence tenant add "$tenant_id" --name "${display_name:-$tenant_id}" --location "${location:-US}" >/dev/null || return 1
  if [[ -s $file ]]; then
    echo "$tenant_id: ready, its key is in $file since before"
    return
  fi
  # Moved into place only when it is whole: a key that is lost on the way can't be read again.
  (umask 077; convergence key create "$tenant_id" --description "onboarding" --quiet >"$file.part") || {
    rm -f "$file.part"
    return 1
  }
  mv "$file.part" "$file"
  echo "$tenant_id: ready, its key is in $file"
}

if [[ ${1:-} != --keys || -z ${2:-} || $# -gt 3 ]]; then
  say_usage
  exit 2
fi
keys=$2
mkdir -p -m 700 "$keys"
tenants=$(read_tenants <"${3:-/dev/stdin}")
failures=0
while IFS=$'\x1f' read -r tenant_id display_name location; do
  [[ -n $tenant_id ]] || continue
  onboard "$tenant_id" "$display_name" "$location" </dev/null || failures=$((failures + 1))
done <<<"$tenants"
if [[ -e ${CONFIGS_DIR:-configs}/tenants.json ]]; then
  echo "For Terraform: convergence validate --write"
fi
if ((failures)); then
  echo "$failures could not be onboarded; the reasons are above. Put them right and run this again." >&2
  exit 1
fi
