"""Real identity providers for the tests: started on a free port of this machine, driven over HTTP as a browser would."""
