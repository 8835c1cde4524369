"""Benchmarks: `make bench`. Never part of the tests: a time says something only beside another time.

`deployment` starts the provider on private servers, `load` is the generator (a process of its own, keep-alive
connections), `operations` are the things that are timed, `report` prints and writes. Everything is bounded in count
and time, on 127.0.0.1 only.
"""
