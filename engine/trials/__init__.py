"""Trying a process: sandboxes with a clock one can move, walks that are done again at every change, masked real cases.

``ground`` copies the organisation into memory, ``sandbox`` is one such copy in which people act and time passes,
``walk`` does a named path test in it, ``suite`` all of a change, ``trial`` keeps what somebody tried, and ``masking``
makes a walk of a case that ended.
"""
