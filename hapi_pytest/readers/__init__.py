"""Typed readers of what agents hand in: every malformed file is a DeliverableError, never a crash of the check."""
