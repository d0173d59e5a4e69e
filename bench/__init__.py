"""The measurements behind every figure that we quote: one file for each question, each with a floor to compare with.

`sync.py` asks what a night costs, `waits.py` who waits for it, `pages.py` what a page costs, `landing.py` what pages say and
take while a sync lands; `chaos.py` kills the sync and its database and looks whether anything is lost. A floor is the least
that the same work could cost on the same machine in the same run: a bare load of the same files and one that keeps them, an
empty signed-in page of the same stack. The machine is seldom quiet, so read medians and ratios, and hold no test to a figure
from here.
"""
