"""Pages: every module here with a ``blueprint`` is served; its ``NAVIGATION`` entries join the menu."""
