"""The demo company: people, published processes and a month of incidents that went through the real importer.

Everything is made by the use cases themselves, on a clock that walks from a month ago to now, so that the registers,
timelines and the audit trail of the demo are what a month of use would have left behind.
"""

from engine.demo.company import PASSWORD, PEOPLE
from engine.demo.preparation import prepare

__all__ = ["PASSWORD", "PEOPLE", "prepare"]
