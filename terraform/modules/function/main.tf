locals {
  name   = "convergence-${var.entry_point}"
  email  = "${google_service_account.this.account_id}@${var.project}.iam.gserviceaccount.com"
  member = "serviceAccount:${local.email}"
}

resource "google_service_account" "this" {
  project      = var.project
  account_id   = local.name
  display_name = "Convergence: ${var.entry_point}"
}

# IAM refuses an account that was made just now in a grant.
resource "time_sleep" "account" {
  create_duration = "30s"
  triggers        = { account = google_service_account.this.account_id }
}

resource "google_project_iam_member" "this" {
  for_each = var.project_roles

  project = var.project
  role    = each.value
  member  = local.member

  depends_on = [time_sleep.account]
}

resource "google_cloudfunctions2_function" "this" {
  project     = var.project
  location    = var.region
  name        = local.name
  description = var.description

  build_config {
    runtime           = var.runtime
    entry_point       = var.entry_point
    service_account   = var.build_service_account
    docker_repository = var.docker_repository

    source {
      storage_source {
        bucket = var.source_archive.bucket
        object = var.source_archive.object
      }
    }
  }

  service_config {
    service_account_email = local.email
    ingress_settings      = var.ingress

    available_memory                 = var.size.memory
    available_cpu                    = var.size.cpu
    max_instance_request_concurrency = var.size.concurrency
    timeout_seconds                  = var.size.timeout_seconds
    min_instance_count               = var.size.min_instances
    max_instance_count               = var.size.max_instances

    # The server starts as many threads as THREADS says, and would start four a vCPU otherwise.
    environment_variables = merge(var.environment, { THREADS = tostring(var.size.concurrency) })
  }

  depends_on = [time_sleep.account]
}

# Who may call a function is asked by the Cloud Run service below it, which has the function's name.
resource "google_cloud_run_service_iam_member" "invoker" {
  for_each = var.invokers

  project  = var.project
  location = var.region
  service  = google_cloudfunctions2_function.this.name
  role     = "roles/run.invoker"
  member   = each.value
}

# The function's resource has no such setting, so it is made at the service, and again after each change of the function.
resource "terraform_data" "unasked" {
  count = var.invoker_check ? 0 : 1

  triggers_replace = google_cloudfunctions2_function.this.update_time

  provisioner "local-exec" {
    command = "gcloud run services update ${local.name} --project=${var.project} --region=${var.region} --no-invoker-iam-check --quiet"
  }

  lifecycle {
    precondition {
      condition     = length(var.invokers) == 0
      error_message = "invoker_check is false, so that everybody may call the function, and invokers says who: ${join(", ", values(var.invokers))}."
    }
  }
}
