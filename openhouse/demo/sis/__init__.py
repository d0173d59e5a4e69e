"""A made-up SIS that can be asked: OneRoster 1.2 over REST on this machine, as far as a lookup asks, and a desk that enrols.

It knows the made-up district as the night after shows it, and whoever was enrolled at its desk since (kept in the demo's
folder). The portal meets it over HTTP alone, as it would meet a real one.
"""
