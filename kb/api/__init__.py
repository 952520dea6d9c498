"""JSON shapes, the same in `--json`, the static files and the server."""
