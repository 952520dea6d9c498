"""Look-ups for assistants: five read-only tools over the notes, spoken over the Model Context Protocol."""
