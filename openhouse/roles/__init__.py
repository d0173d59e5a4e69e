"""What an employee may do, and where: roles bundle permissions, at schools named by school code.

Employees' pages ask `scope`, guardians' pages ask `access`: two questions, never one.
"""
