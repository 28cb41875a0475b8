# An example: give your project and addresses here.
project      = "my-project-dev"
region       = "us-central1"
location     = "US"
alert_emails = ["data-dev@example.com"]
log_level    = "INFO"
