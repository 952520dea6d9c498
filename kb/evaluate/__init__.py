"""Score the search: by questions with their answers, or by a retrieval collection."""
