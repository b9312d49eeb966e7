-- Grain: one row per problem found in a workbook.
select submission, number, code, severity, sheet, column_key from finding
