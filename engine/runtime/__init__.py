"""Drives SpiffWorkflow: state codec, expressions, one step at a time. The only room that holds a live workflow."""
