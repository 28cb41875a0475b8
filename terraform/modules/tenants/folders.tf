# Which files there are, and whether tenants.json was written of them.
#
# With 1,000 tenants these are 11,000 files: a value that holds all of them is only indexed, never handed to a function
# inside a loop, because functions look at all that they are given.

locals {
  found = fileset(var.configs_dir, "*/**")

  # Also those that hold nothing but hidden files.
  folders = { for path in local.found : split("/", path)[0] => path... if !startswith(path, ".") }

  # Everything that a tenant is read by. secrets/ is for the local platform and must never leave the machine; tests/ is
  # for `convergence test`; names that begin with a dot are nobody's: .git, .gitkeep, .DS_Store.
  files = {
    for path in local.found : split("/", path)[0] => path...
    if length(regexall("(^|/)\\.|^[^/]+/(secrets|tests)/", path)) == 0
  }

  # As `sha256sum` prints them, without the rows in files/: cli/folder_hashes.py does the same.
  hashes = {
    for folder, paths in local.files : folder => sha256(join("", [
      for path in paths : "${filesha256("${var.configs_dir}/${path}")}  ${path}\n"
      if length(regexall("^[^/]+/files/", path)) == 0
    ]))
  }
}

# What the tenants are, in words that nobody else reads out of the folders: `convergence validate --write` does.
locals {
  tenants_file = "${var.configs_dir}/tenants.json"
  written      = jsondecode(file(local.tenants_file))

  written_hashes = merge(
    { for id, tenant in local.written.tenants : id => tenant.folder_hash },
    { templates = local.written.templates_hash },
  )
  no_files_hash = sha256("")

  problems = compact(concat(
    [for folder in keys(local.folders) : try(local.written_hashes[folder], null) != null ? "" :
    "${var.configs_dir}/${folder}: ${local.tenants_file} does not know of this folder."],
    [for folder, hash in local.written_hashes : try(local.folders[folder], null) != null || folder == "templates" ? "" :
    "${var.configs_dir}/${folder}: there is no such folder, but ${local.tenants_file} knows of it."],
    [for folder, hash in local.written_hashes : try(local.hashes[folder], local.no_files_hash) == hash ? "" :
      "${var.configs_dir}/${folder}: is not as it was when ${local.tenants_file} was written."
    if try(local.folders[folder], null) != null || folder == "templates"],
  ))
}
