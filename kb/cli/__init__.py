"""The terminal: one file a command; each parses, calls the base, prints."""
