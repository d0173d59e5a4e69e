"""The measurements behind every figure that we quote: one file for each question, each with a floor to compare with.

`sync.py` asks what a night costs, `pages.py` what a page costs. A floor is the least that the same work could cost on the
same machine in the same run: a bare load of the same files, an empty signed-in page of the same stack. The machine is
seldom quiet, so read medians and ratios, and hold no test to a figure from here.
"""
