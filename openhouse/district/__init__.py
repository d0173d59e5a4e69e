"""The SIS's facts, mirrored: schools, students, enrolments, guardians, guardianships, employees.

Everyone reads; only the sync writes, through `district.mirror`. A row holds a thing's current facts; the versions before it
stand in the `Past…` tables, so that a question can be asked of any moment.
"""
