"""What tests, the replay and the benchmarks share: a host as a process, its API, its Redis.

Only the standard library is used, so that bench/ runs on a bare Python. Nothing here knows the
host's code: the records are read as docs/REDIS.md describes them.
"""
