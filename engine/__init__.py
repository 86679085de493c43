"""The workflow engine and the service-quality domain. Nothing in here knows Flask."""
