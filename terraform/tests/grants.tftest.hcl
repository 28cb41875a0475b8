# As in the first plan of all: where the functions will answer is not known yet.
mock_provider "google" {
  mock_data "google_project" {
    defaults        = { number = "123456789012" }
    override_during = plan
  }
}

mock_provider "time" {}

variables {
  project     = "my-project"
  bundle      = "tests/bundle.txt"
  configs_dir = "tests/configs"
}

run "grants_are_those_listed_and_three_functions_are_public" {
  command = plan

  assert {
    condition     = output.grants == tolist(split("\n", trimspace(file("tests/grants.txt"))))
    error_message = "Not listed in tests/grants.txt: ${join("; ", setsubtract(output.grants, split("\n", trimspace(file("tests/grants.txt")))))}. Listed, but not made: ${join("; ", setsubtract(split("\n", trimspace(file("tests/grants.txt"))), output.grants))}."
  }

  assert {
    condition = [for grant in output.grants : grant if startswith(grant, "all")] == [
      "allUsers roles/run.invoker on service convergence-health",
      "allUsers roles/run.invoker on service convergence-runs",
      "allUsers roles/run.invoker on service convergence-triggers",
    ]
    error_message = "Everybody may do something else: ${join(", ", [for grant in output.grants : grant if startswith(grant, "all")])}"
  }

  assert {
    condition     = length([for grant in output.grants : grant if can(regex("roles/(owner|editor|viewer|.*[aA]dmin) ", grant))]) == 0
    error_message = "Somebody is owner, editor, viewer or administrator of something."
  }
}

run "without_allUsers_the_same_three_are_public" {
  command = plan

  variables {
    public_access = "unasked"
  }

  assert {
    condition     = [for grant in output.grants : replace(grant, "everybody unasked", "allUsers roles/run.invoker") if startswith(grant, "everybody")] == [for grant in split("\n", trimspace(file("tests/grants.txt"))) : grant if startswith(grant, "all")]
    error_message = "Everybody may call something else: ${join(", ", output.grants)}"
  }

  assert {
    condition     = length([for grant in output.grants : grant if startswith(grant, "all")]) == 0
    error_message = "allUsers is granted something, which organisations forbid."
  }
}

run "behind_a_gateway_nothing_is_public" {
  command = plan

  variables {
    public_access = "nobody"
  }

  assert {
    condition     = length([for grant in output.grants : grant if startswith(grant, "all") || startswith(grant, "everybody")]) == 0
    error_message = "Everybody may do something."
  }

  assert {
    condition     = contains(output.grants, "serviceAccount:convergence-scheduler@my-project.iam.gserviceaccount.com roles/run.invoker on service convergence-triggers")
    error_message = "The schedules can't start anything."
  }
}
