locals {
  standard_tables = ["raw_data", "transformed_data", "metrics"]

  # Types as BigQuery's API returns them: others would be a difference for ever.
  column_types = ["STRING", "INTEGER", "NUMERIC", "FLOAT", "BOOLEAN", "DATE", "DATETIME", "TIMESTAMP", "JSON"]

  standard_definitions = {
    for name in local.standard_tables : name => jsondecode(file("${var.schemas_dir}/${name}.json"))
  }
  # A file that is no table is left out here and found in problems.
  own_definitions = {
    for path, parts in local.parts_by_path.table : path => local.documents[path]
    if try(local.documents[path].name == parts[1], false)
    && !contains(local.standard_tables, parts[1])
    && try(length(local.documents[path].columns) > 0, false)
    && try(alltrue([
      for column in local.documents[path].columns :
      length(column.name) > 0 && contains(local.column_types, column.type)
    ]), false)
  }

  standard_layouts = { for name, table in local.standard_definitions : name => {
    description     = try(table.description, "")
    schema          = local.schemas_by_definition[name]
    partition_field = try(table.partitioning.field, null)
    clustering      = try(tolist(table.clustering), [])
  } }
  own_layouts = {
    for path, table in local.own_definitions : local.parts_by_path.table[path][0] => {
      name            = table.name
      description     = try(coalesce(table.description), "")
      schema          = local.schemas_by_definition[path]
      partition_field = try(table.partitioning.field, null)
      clustering      = try([for column in table.clustering : tostring(column)], [])
    }...
  }

  # A description that is not there has to be left out: the API returns none.
  schemas_by_definition = {
    for name, table in merge(local.standard_definitions, local.own_definitions) : name => jsonencode([
      for column in table.columns : { for key, value in {
        name        = column.name
        type        = column.type
        mode        = try(coalesce(column.mode), "NULLABLE")
        description = try(column.description, null)
      } : key => value if value != null }
    ])
  }
}
