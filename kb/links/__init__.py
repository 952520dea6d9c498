"""Links: what things are called, which note that means, and who mentions whom."""
