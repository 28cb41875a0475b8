mock_provider "google" {}

variables {
  project = "my-project"
  region  = "us-central1"
  bucket  = "my-project-convergence-source"
}

run "example" {
  command = plan

  variables {
    bundle = "tests/bundle.txt"
  }

  assert {
    condition     = output.source.object == "bundle-${filesha256("tests/bundle.txt")}.zip"
    error_message = "The archive's hash has to be in its name: ${output.source.object}"
  }

  assert {
    condition     = google_storage_bucket.source.public_access_prevention == "enforced" && google_storage_bucket.source.uniform_bucket_level_access
    error_message = "The bucket must not be open to anybody."
  }
}

run "says_how_to_build_a_missing_archive" {
  command = plan

  variables {
    bundle = "tests/none.zip"
  }

  expect_failures = [var.bundle]
}
