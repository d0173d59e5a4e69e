"""Everything a browser sees, and the only room that speaks HTTP: front/ family/ staff/ demo/, one file per page.

Every view has a *door* (doors.py) that says who may come in. Pages load rows through the person's own scope, call one verb of
a room below, and put the answer into words.
"""
