# What the tenants' folders say. Nothing is made here, and nothing here fails: what is wrong is in output problems.
#
# With 1,000 tenants these are 11,000 files, so each is read once, and a value that holds all of them is only indexed,
# never handed to a function inside a loop: functions look at all that they are given.

locals {
  # Names that begin with a dot are nobody's: .git, .gitkeep, .DS_Store.
  paths = [
    for path in fileset(var.configs_dir, "*/**") : path
    if length(regexall("(^|/)\\.", path)) == 0
  ]

  # What folders are called, also those that hold nothing but hidden files.
  folders = toset([
    for path in fileset(var.configs_dir, "*/**") : split("/", path)[0]
    if !startswith(path, ".") && !startswith(path, "templates/")
  ])

  yaml_kinds = {
    tenant   = "^([^/]+)/tenant\\.yml$"
    source   = "^([^/]+)/sources/([a-z0-9_]+)\\.yml$"
    table    = "^([^/]+)/schemas/([A-Za-z_][A-Za-z0-9_]*)\\.yml$"
    pipeline = "^([^/]+)/pipelines/([a-z0-9_]{1,100})/([a-z0-9_]{1,100})/([a-z0-9_]{1,100})\\.yml$"
    template = "^(templates)/pipelines/([a-z0-9_]+)/([a-z0-9_]+)/([a-z0-9_]+)\\.yml$"
  }
  # By kind, the parts of each path: the tenant, and what the folders and the file are called.
  parts_by_path = {
    for kind, pattern in local.yaml_kinds : kind => {
      for path in local.paths : path => regex(pattern, path) if length(regexall(pattern, path)) > 0
    }
  }
  yaml_paths = toset(flatten([for parts in local.parts_by_path : keys(parts)]))

  # A file that is no YAML is null here.
  documents = { for path in local.yaml_paths : path => try(yamldecode(file("${var.configs_dir}/${path}")), null) }

  tenants = {
    for id in local.folders : id => {
      display_name = try(coalesce(tostring(local.documents["${id}/tenant.yml"].display_name)), id)
      location     = try(coalesce(tostring(local.documents["${id}/tenant.yml"].location)), "US")
      # The rule of shared/domain/tenant_account.py: IAM allows 30 characters, and the hash tells like names apart.
      account_id = "t-${trim(substr(replace(lower(id), "_", "-"), 0, 17), "-")}-${substr(sha256(id), 0, 8)}"
      tables     = merge(local.standard_layouts, { for table in try(local.own_layouts[id], []) : table.name => table })
      secrets    = { for name in try(local.secrets[id], []) : name => "${id}_${name}" }
      files      = try(local.files[id], [])
    }
  }

  # Everything that a tenant is read by. secrets/ is for the local platform and must never leave the machine.
  files = {
    for path in local.paths : split("/", path)[0] => path...
    if !startswith(path, "templates/") && length(regexall("^[^/]+/secrets/", path)) == 0
  }
}
