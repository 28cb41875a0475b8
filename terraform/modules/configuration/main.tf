resource "google_storage_bucket" "configuration" {
  project  = var.project
  name     = var.bucket
  location = var.location

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  # What a file was before, for a month: enough to see what changed.
  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      days_since_noncurrent_time = 30
      with_state                 = "ARCHIVED"
    }
  }

  # A copy: the files are in the folder that they come from.
  force_destroy = true
}

resource "google_storage_bucket_object" "templates" {
  for_each = toset([
    for path in fileset(var.configs_dir, "templates/**") :
    path if !can(regex("(^|/)\\.", path))
  ])

  bucket         = google_storage_bucket.configuration.name
  name           = "${var.prefix}/${each.value}"
  source         = "${var.configs_dir}/${each.value}"
  source_md5hash = filemd5("${var.configs_dir}/${each.value}")
}

resource "google_storage_bucket_iam_member" "readers" {
  for_each = var.readers

  bucket = google_storage_bucket.configuration.name
  role   = "roles/storage.objectViewer"
  member = each.value
}
