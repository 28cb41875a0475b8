locals {
  tenants_output   = {}
  secrets_output   = {}
  grants_output    = []
  schedules_output = []
}
