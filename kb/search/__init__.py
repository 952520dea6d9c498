"""Search the ranked export: understand a query, sum impacts, weigh, answer."""
