"""Lint: values in templates and code that a fact of the notes does not allow."""
