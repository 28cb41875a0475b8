variable "project" {
  description = "The Google Cloud project."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Where the function runs, e.g. us-central1."
  type        = string
  nullable    = false
}

variable "entry_point" {
  description = "The entry point in main.py. The function and its account are called convergence-<entry point>."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{3,18}$", var.entry_point))
    error_message = "entry_point is '${var.entry_point}'. It has to be 3 to 18 lower-case letters: an account's name takes 30 characters."
  }
}

variable "description" {
  description = "What the function does, in a sentence."
  type        = string
  nullable    = false
}

variable "source_archive" {
  description = "Where the archive is: output source of module source."
  type        = object({ bucket = string, object = string })
  nullable    = false
}

variable "build_service_account" {
  description = "The account that builds it: output service_account of module builder."
  type        = string
  nullable    = false
}

variable "docker_repository" {
  description = "Where its images are kept: output docker_repository of module builder."
  type        = string
  nullable    = false
}

variable "runtime" {
  description = "The language and its release."
  type        = string
  default     = "python312"
  nullable    = false
}

variable "environment" {
  description = "The environment, see docs/ENVIRONMENT_VARIABLES.md. THREADS is set here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !contains(keys(var.environment), "THREADS")
    error_message = "THREADS follows from size.concurrency, so it can't be set in environment."
  }
}

variable "size" {
  description = "Memory, vCPUs, requests at once in an instance, seconds a request may take, and the number of instances."
  type = object({
    memory          = string
    cpu             = string
    concurrency     = number
    timeout_seconds = number
    min_instances   = number
    max_instances   = number
  })
  nullable = false

  validation {
    condition     = var.size.concurrency == 1 || try(tonumber(var.size.cpu) >= 1, false)
    error_message = "Several requests at once need at least one vCPU: size.concurrency is ${var.size.concurrency}, size.cpu ${var.size.cpu}."
  }

  validation {
    condition     = var.size.timeout_seconds >= 1 && var.size.timeout_seconds <= 3600
    error_message = "size.timeout_seconds is ${var.size.timeout_seconds}. A function that is called by HTTP may take 1 to 3600 seconds."
  }
}

variable "ingress" {
  description = "Where calls may come from: ALLOW_ALL, ALLOW_INTERNAL_ONLY or ALLOW_INTERNAL_AND_GCLB."
  type        = string
  default     = "ALLOW_ALL"
  nullable    = false

  validation {
    condition     = contains(["ALLOW_ALL", "ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB"], var.ingress)
    error_message = "ingress is '${var.ingress}'. It has to be ALLOW_ALL, ALLOW_INTERNAL_ONLY or ALLOW_INTERNAL_AND_GCLB."
  }
}

variable "invokers" {
  description = "Who may call it: member by any name for it. allUsers makes it public."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "invoker_check" {
  description = "Whether Cloud Run asks who may call it. Without, everybody may: for organisations that forbid allUsers. It is set by gcloud."
  type        = bool
  default     = true
  nullable    = false
}

variable "project_roles" {
  description = "The roles of its account on the project. Roles on anything smaller are granted where that thing is made."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setintersection(var.project_roles, ["roles/owner", "roles/editor", "roles/viewer"])) == 0
    error_message = "A function's account must not be owner, editor or viewer of the project."
  }
}
