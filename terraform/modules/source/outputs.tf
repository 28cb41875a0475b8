output "source" {
  description = "Where the functions' archive is: bucket and object."
  value = {
    bucket = google_storage_bucket_object.bundle.bucket
    object = google_storage_bucket_object.bundle.name
  }
}
