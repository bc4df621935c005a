"""Kill tests: real servers and workers in a data folder of their own, killed while 200 effects are under way."""
