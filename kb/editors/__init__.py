"""Look-ups inside editors: pure features over the notes, and a language server that only converts."""
