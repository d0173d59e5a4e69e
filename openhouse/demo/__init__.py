"""A made-up district, of any size, as a SIS would export it.

Owns the people, schools and nights that nobody lives in: `district.write` puts them in a OneRoster 1.2 bulk zip with
the extensions of docs/sis-sources.md, `district.cast` says who the hard families are. Everything follows from a plan
(students, seed, day, night): the same plan gives the same bytes, and any household can be made again by its number.

Writes no tables. The generator imports the standard library alone: a file can be made before anything is set up.
"""
