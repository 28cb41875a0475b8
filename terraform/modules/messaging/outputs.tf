output "topic" {
  description = "The topic that commands travel on."
  value       = google_pubsub_topic.steps.name
}

output "subscriptions" {
  description = "The subscriptions that push to the executor."
  value       = [google_pubsub_subscription.executor.name, google_pubsub_subscription.dead.name]
}

output "push_member" {
  description = "The account that the executor is called as; it needs run.invoker there."
  value       = "serviceAccount:${local.push_email}"

  depends_on = [time_sleep.account]
}

output "grants" {
  description = "Every grant made here, each '<member> <role> on <resource>'."
  value = sort(concat(
    [
      for grant in concat(values(google_pubsub_topic_iam_member.steps), [google_pubsub_topic_iam_member.dead_letters_arrive]) :
      "${grant.member} ${grant.role} on topic ${grant.topic}"
    ],
    [
      for grant in [google_pubsub_subscription_iam_member.dead_letters_leave] :
      "${grant.member} ${grant.role} on subscription ${grant.subscription}"
    ],
  ))
}
