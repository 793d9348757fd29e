"""The audit trail of an org, as answers."""
