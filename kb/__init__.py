"""kb: a searchable knowledge base of AWS services."""
