"""What happened, provably: an append-only trail in which every entry carries the digest of the one before.

This room knows nobody: it holds ids as plain values, and names in a table of their own that can be erased when the law asks
it, without breaking the chain. It imports no other room; every room may write to it.
"""
