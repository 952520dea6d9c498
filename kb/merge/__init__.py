"""Raw statements into notes: where each belongs, what is known, what contradicts, and the plan a person reviews."""
