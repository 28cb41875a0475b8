locals {
  # Each with the template that it extends, put together as shared/config/recipe.py does: what it says itself counts,
  # and what it leaves out is the template's.
  pipelines = {
    for path, parts in local.parts_by_path.pipeline : path => {
      tenant_id = parts[0]
      provider  = parts[1]
      domain    = parts[2]
      pipeline  = parts[3]
      extends   = try(coalesce(tostring(local.documents[path].extends)), "")
    } if parts[0] != "templates"
  }
  base_paths = {
    for path, pipeline in local.pipelines :
    path => "templates/pipelines/${trimprefix(pipeline.extends, "templates/")}.yml" if pipeline.extends != ""
  }

  schedules = {
    for path, pipeline in local.pipelines : path => {
      job      = "${pipeline.tenant_id}-${pipeline.provider}-${pipeline.domain}-${pipeline.pipeline}"
      tenant   = pipeline.tenant_id
      provider = pipeline.provider
      domain   = pipeline.domain
      pipeline = pipeline.pipeline
      cron     = try(tostring(local.schedule_by_path[path].cron), "")
      timezone = try(coalesce(tostring(local.schedule_by_path[path].timezone)), "Etc/UTC")
    } if local.schedule_by_path[path] != null
  }
  schedule_by_path = { for path, pipeline in local.pipelines : path => try(
    coalesce(local.documents[path].schedule),
    local.documents[local.base_paths[path]].schedule,
    null,
  ) }

  # A source's secrets are the mappings {secret: name} anywhere in it. Of JSON there is one spelling only, and no comments.
  secret_names = {
    for path, parts in local.parts_by_path.source : path => distinct(flatten(regexall(
      "\"secret\":\"([a-z0-9_]{1,100})\"", try(jsonencode(local.documents[path]), "")
    )))
  }
  # Those of the templates' sources are the secrets of the tenant whose pipeline reads them.
  shared_sources = flatten([
    for path, base_path in local.base_paths : [
      for name in try(
        [for step in local.documents[path].steps : step.source if step.type == "ingest"],
        [for step in local.documents[base_path].steps : step.source if step.type == "ingest"],
        [],
        ) : {
        tenant_id = local.pipelines[path].tenant_id
        names = try(
          local.secret_names["${local.pipelines[path].tenant_id}/sources/${name}.yml"],
          local.secret_names["templates/sources/${name}.yml"],
          [],
        )
      }
    ]
  ])
  named_secrets = flatten([
    [for path, names in local.secret_names : [
      for name in names : { tenant_id = local.parts_by_path.source[path][0], name = name }
    ] if !startswith(path, "templates/")],
    [for source in local.shared_sources : [
      for name in source.names : { tenant_id = source.tenant_id, name = name }
    ]],
  ])
  secrets_by_tenant = { for secret in local.named_secrets : secret.tenant_id => secret.name... }
  secrets           = { for id, names in local.secrets_by_tenant : id => distinct(names) }
}
