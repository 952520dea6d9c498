"""Notes: bytes of a Markdown file to Note, and back to the same bytes."""
