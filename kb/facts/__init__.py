"""Facts: quantities and units, checks of values, comparisons."""
