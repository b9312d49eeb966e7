"""A report as a document: DOCX and PDF."""
