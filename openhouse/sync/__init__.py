"""Bringing the SIS's facts in, whole or not at all.

Owns the way from a source to the mirror: sources yield typed batches (`sources`), which are staged in temporary tables
(`staging`), checked as sets (`checks`), put into the mirror's words (`facts`) and merged by `district.mirror` in one
transaction (`runs`). Owns the record of every run and of the rows set aside. Imports `district`, `policy` and `audit`.
"""
