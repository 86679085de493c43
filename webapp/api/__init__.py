"""The JSON interface: every module here with a ``blueprint`` is served under ``/api``."""
