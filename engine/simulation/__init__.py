"""A year of the company, played on a moved clock through the same use cases as people use."""
