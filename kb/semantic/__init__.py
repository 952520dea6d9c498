"""Sentence embeddings, offline and in plain numpy: tokens, model, stored vectors. Needs the extra `semantic`."""
