"""Tables, queries and the database door. Knows nothing of SpiffWorkflow or Flask."""
