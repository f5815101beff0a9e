"""Receivers of pages that hold to their services' rules: PagerDuty's Events API, Slack's webhooks, and any webhook.

They run on their own, `python -m caretaker_local.receivers`, and need nothing of the local cloud."""
