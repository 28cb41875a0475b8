# An example: give your project and addresses here.
project      = "my-project-prod"
region       = "us-central1"
location     = "US"
alert_emails = ["data-on-call@example.com"]
log_level    = "INFO"

# One instance of triggers always stands ready, so that no caller waits for one to start. It costs money when idle.
sizes = {
  triggers = { min_instances = 1 }
  executor = { max_instances = 100 }
}

# 109 vCPUs and 207 GiB are more than a new project has: the quota was raised before (docs/DEPLOYMENT.md).
regional_quota = { vcpus = 120, memory_gib = 240 }
