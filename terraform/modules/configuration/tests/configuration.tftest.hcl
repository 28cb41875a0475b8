mock_provider "google" {}

variables {
  project     = "my-project"
  location    = "us-central1"
  bucket      = "my-project-convergence-configuration"
  configs_dir = "tests/configs"
  readers     = { executor = "serviceAccount:convergence-executor@my-project.iam.gserviceaccount.com" }
}

run "example" {
  command = plan

  assert {
    condition     = output.uri == "gs://my-project-convergence-configuration/configs"
    error_message = "The functions would look elsewhere: ${output.uri}"
  }

  assert {
    condition     = output.grants == tolist(["serviceAccount:convergence-executor@my-project.iam.gserviceaccount.com roles/storage.objectViewer on bucket my-project-convergence-configuration"])
    error_message = "Other grants were made: ${join(", ", output.grants)}"
  }

  assert {
    condition     = [for object in google_storage_bucket_object.templates : object.name] == ["configs/templates/gcp/cost/export.yml"]
    error_message = "Not exactly the shared templates are in the bucket."
  }
}

run "bucket_is_closed_and_keeps_versions" {
  command = plan

  assert {
    condition     = google_storage_bucket.configuration.public_access_prevention == "enforced" && google_storage_bucket.configuration.uniform_bucket_level_access
    error_message = "The bucket must not be open to anybody."
  }

  assert {
    condition     = google_storage_bucket.configuration.versioning[0].enabled
    error_message = "The bucket has to keep what a file was before."
  }
}

run "refuses_a_prefix_that_makes_other_paths" {
  command = plan

  variables {
    prefix = "/configs/"
  }

  expect_failures = [var.prefix]
}
