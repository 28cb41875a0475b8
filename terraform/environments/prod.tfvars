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
