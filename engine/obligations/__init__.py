"""The duties of the policy: what is owed when, which steps of which processes are the evidence, and what is overdue."""
