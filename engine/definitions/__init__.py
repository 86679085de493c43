"""Reads BPMN: parse, lint, compile. Knows no database and no running instance."""
