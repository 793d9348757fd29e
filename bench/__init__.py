"""Benchmarks: one file a question. `python -m bench` asks them all, `python -m bench.NAME` one."""
