"""Index: units of notes to one ranking that every face reads."""
