resource "google_storage_bucket" "source" {
  project  = var.project
  name     = var.bucket
  location = var.region

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  # The archives can be built again from the repository.
  force_destroy = true
}

resource "google_storage_bucket_object" "bundle" {
  bucket = google_storage_bucket.source.name
  source = var.bundle

  # Under one and the same name, a changed archive would deploy nothing.
  name = "bundle-${filesha256(var.bundle)}.zip"

  lifecycle {
    create_before_destroy = true
  }
}
