"""Letters: what is printed for a family, in their language and English; one file for each letter, its look in Typst beside it.

May import `access`, `district`, `policy` and `audit`. Owns no tables. `bin/setup` lays the fonts into `fonts/`; the wheel carries
them.
"""
