# The configuration that the functions read. `source` and not `content`: a file may hold anything, and the state only its hash.
resource "google_storage_bucket_object" "file" {
  for_each = toset(var.datasets_only ? [] : module.folders.files)

  bucket         = var.configuration_bucket
  name           = "${var.configuration_prefix}/${each.value}"
  source         = "${var.configs_dir}/${each.value}"
  source_md5hash = filemd5("${var.configs_dir}/${each.value}")

  # A run that is triggered when its pipeline is there finds the tables too.
  depends_on = [terraform_data.datasets]
}
