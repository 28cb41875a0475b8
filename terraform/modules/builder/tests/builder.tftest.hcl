mock_provider "google" {}
mock_provider "time" {}

run "example" {
  command = plan

  variables {
    project = "my-project"
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
