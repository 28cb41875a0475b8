mock_provider "google" {}
mock_provider "time" {}

run "example" {
  command = plan

  variables {
    project = "my-project"
    region  = "us-central1"
  }

  assert {
    condition     = output.docker_repository == "projects/my-project/locations/us-central1/repositories/convergence"
    error_message = "The images are kept somewhere else: ${output.docker_repository}"
  }

  assert {
    condition = toset([
      for policy in google_artifact_registry_repository.images.cleanup_policies :
      "${policy.action} ${try(policy.most_recent_versions[0].keep_count, policy.condition[0].older_than)}"
    ]) == toset(["KEEP 5", "DELETE 2592000s"])
    error_message = "Images are cleaned up otherwise: ${jsonencode(google_artifact_registry_repository.images.cleanup_policies)}"
  }

  assert {
    condition     = time_sleep.settled.create_duration == "300s"
    error_message = "A grant takes minutes until it is known everywhere."
  }

  assert {
    condition     = output.service_account == "projects/my-project/serviceAccounts/convergence-build@my-project.iam.gserviceaccount.com"
    error_message = "The build account is named otherwise: ${output.service_account}"
  }

  assert {
    condition = output.grants == tolist([
      "serviceAccount:convergence-build@my-project.iam.gserviceaccount.com roles/artifactregistry.writer on project my-project",
      "serviceAccount:convergence-build@my-project.iam.gserviceaccount.com roles/logging.logWriter on project my-project",
      "serviceAccount:convergence-build@my-project.iam.gserviceaccount.com roles/storage.objectViewer on project my-project",
    ])
    error_message = "The build account has other grants: ${join(", ", output.grants)}"
  }
}

run "refuses_to_keep_no_image" {
  command = plan

  variables {
    project     = "my-project"
    region      = "us-central1"
    images_kept = 0
  }

  expect_failures = [var.images_kept]
}
