"""A report as a page: HTML with its charts."""
