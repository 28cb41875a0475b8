# Only what would otherwise break Terraform, or make the wrong thing. `convergence validate` finds everything.

locals {
  problems = sort(compact(concat(
    local.folder_problems,
    local.yaml_problems,
    local.tenant_problems,
    local.limits_problems,
    local.table_problems,
    local.pipeline_problems,
    local.name_problems,
  )))

  folder_problems = flatten([for id in local.folders : [
    can(regex("^[A-Za-z0-9_]{3,50}$", id)) && !contains(["metadata", "templates"], lower(id)) ? "" :
    "${var.configs_dir}/${id}: a tenant's id has to be 3 to 50 letters, digits and underscores, and not 'metadata' or 'templates'.",
    try(local.parts_by_path.tenant["${id}/tenant.yml"], null) != null ? "" :
    "${var.configs_dir}/${id}/tenant.yml: there is no such file; write it, or remove the folder.",
  ]])

  mappings = {
    for path, document in local.documents : path => document
    if startswith(try(jsonencode(document), ""), "{")
  }
  yaml_problems = [
    for path in local.yaml_paths : try(local.mappings[path], null) != null ? "" :
    "${var.configs_dir}/${path}: is not YAML, or not a mapping (key: value)."
  ]

  tenant_documents = {
    for path, parts in local.parts_by_path.tenant : "${var.configs_dir}/${path}" => local.mappings[path]
    if try(local.mappings[path], null) != null && parts[0] != "templates"
  }
  tenant_problems = flatten([for file, tenant in local.tenant_documents : [
    [for key in setsubtract(keys(tenant), ["display_name", "location", "limits"]) :
    "${file}: '${key}' is not a known key; display_name, location and limits are."],
    can(tenant.display_name) ? "" : "${file}: display_name is missing: the tenant's name for people.",
    !can(tenant.display_name) || try(
      startswith(jsonencode(tenant.display_name), "\"") && length(tenant.display_name) > 0 && length(tenant.display_name) <= 200, false
    ) ? "" :
    "${file}: display_name has to be a text of 1 to 200 characters; one that looks like something else needs quotes.",
    !can(tenant.location) || can(regex("^\"[A-Za-z0-9-]+\"$", jsonencode(tenant.location))) ? "" :
    "${file}: location has to be where BigQuery keeps datasets, e.g. US, EU or europe-west3.",
  ]])

  # BigQuery refuses a smaller maximum than 10485760.
  limits = {
    bytes_billed_per_day = [10485760, 9223372036854775807]
    bytes_billed_per_job = [10485760, 9223372036854775807]
    concurrent_runs      = [1, 1000]
    runs_per_day         = [1, 100000]
  }

  limits_documents = { for file, tenant in local.tenant_documents : file => tenant.limits if can(tenant.limits) }
  limits_problems = flatten([for file, limits in local.limits_documents : [
    can(keys(limits)) ? "" : "${file}: limits has to be a mapping (key: value).",
    [for key in try(setsubtract(keys(limits), keys(local.limits)), []) :
    "${file}: 'limits.${key}' is not a known key; ${join(" and ", keys(local.limits))} are."],
    [for key, bounds in local.limits : try(
      tonumber(limits[key]) >= bounds[0] && tonumber(limits[key]) <= bounds[1] && floor(limits[key]) == tonumber(limits[key]),
      !can(limits[key]) || (key != "bytes_billed_per_job" && try(limits[key] == null, false)),
      ) ? "" : "${file}: limits.${key} has to be a whole number from ${bounds[0]} to ${bounds[1]}."
    ],
  ]])

  table_problems = [
    for path, parts in local.parts_by_path.table : try(local.own_definitions[path], null) != null ? "" :
    "${var.configs_dir}/${path}: is not a table: name has to be '${parts[1]}', which no standard table has, and columns need a name and a type each (${join(", ", local.column_types)})."
    if try(local.mappings[path], null) != null && parts[0] != "templates"
  ]

  pipeline_problems = flatten(concat(
    [for path, base_path in local.base_paths : try(local.parts_by_path.template[base_path], null) != null ? "" :
    "${var.configs_dir}/${path}: extends '${local.pipelines[path].extends}', but there is no ${var.configs_dir}/${base_path}."],
    [for path, schedule in local.schedules : [
      can(regex("^[0-9A-Za-z*,/-]+( [0-9A-Za-z*,/-]+){4}$", schedule.cron)) ? "" :
      "${var.configs_dir}/${path}: schedule.cron has to be five unix-cron fields, e.g. '0 6 * * *'.",
      can(regex("^[A-Za-z0-9_+/-]+$", schedule.timezone)) ? "" :
      "${var.configs_dir}/${path}: schedule.timezone has to be a name such as Etc/UTC or Europe/Berlin.",
    ]],
  ))

  # Names are made of two parts or cut short, so two tenants' may be alike.
  secrets_by_id = { for secret in flatten([
    for id, names in local.secrets : [for name in names : { id = "${id}_${name}", words = "secret ${name} of ${id}" }]
  ]) : secret.id => secret.words... }
  tenants_by_name = { for id, tenant in local.tenants : tenant.account_id => id... }
  name_problems = concat(
    [for id, words in local.secrets_by_id : length(words) == 1 ? "" :
    "${var.configs_dir}: ${join(" and ", words)} would both be called ${id} in Secret Manager; give one of them another name."],
    [for name, ids in local.tenants_by_name : length(ids) == 1 ? "" :
    "${var.configs_dir}: tenants ${join(" and ", ids)} would both have the account ${name}; give one of them another name."],
  )
}
