"""Public scanners, wapiti and sqlmap, run against a made-up district: `bin/dev scan`. No part of the tests."""
