locals {
  standard_tables = ["raw_data", "transformed_data", "metrics"]
  schemas_dir     = coalesce(var.schemas_dir, "${path.module}/../../../shared/schemas")

  # By tenant, its own tables; every tenant has those of no one.
  tables = merge(
    { for id, tenant in local.written.tenants : id => tenant.tables },
    { "" = [for name in local.standard_tables : jsondecode(file("${local.schemas_dir}/${name}.json"))] },
  )

  layouts = {
    for id, tables in local.tables : id => {
      for table in tables : table.name => {
        description     = table.description
        schema          = jsonencode([for column in table.columns : merge({ mode = "NULLABLE" }, column)])
        partition_field = try(table.partitioning.field, null)
        clustering      = try(table.clustering, [])
      }
    }
  }
}
