"""Indicators of service quality: formulas, readings of a period, targets, and figures frozen with a report."""
