"""The demo company: its people, its customers and their incidents, and what its people say."""

from engine.demo.company import PASSWORD, PEOPLE

__all__ = ["PASSWORD", "PEOPLE"]
