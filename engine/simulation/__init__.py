"""The company at work on a moved clock, through the same use cases as people use: the demo, and whole years."""

from engine.simulation.preparation import prepare

__all__ = ["prepare"]
