"""Dashboards: what is going on now and in a period, every number with the records it counts."""
