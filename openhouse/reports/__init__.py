"""What the district counts: one file for each report, and the files that they are downloaded as.

A report is computed when it is asked for, from the mirror and from `access`; this room has no tables and writes none.
"""
