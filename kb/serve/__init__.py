"""Serve: the site, its API and live search over HTTP, for this machine."""
