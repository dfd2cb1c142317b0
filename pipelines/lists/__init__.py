"""The list that sales reads: one page to open and one table for every band."""
