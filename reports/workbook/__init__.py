"""A report as a workbook: XLSX."""
