"""Clocks of service level agreements: what they say, keeping them, and telling people in time."""
