"""How benchmarks are made, run and shown; the benchmarks are the files one folder up."""
