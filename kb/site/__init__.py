"""The site: pages as pure functions, and the thin MkDocs plugin that hands them over."""
