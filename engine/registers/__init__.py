"""The service-quality domain: registers, their queries, and the handlers their processes call."""
