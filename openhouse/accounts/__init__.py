"""Who can sign in: guardians with an email and a password, employees through the district. Two kinds that never mix.

A person who is both has two accounts. This room knows no student: the meeting of an account and a student is `access`.
"""
