"""The pages and the JSON interface over the engine: thin views, nothing decided here."""
