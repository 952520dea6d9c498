"""Sources: raw notes of any shape - Markdown, web pages, pasted text - to an outline of headings and statements."""
