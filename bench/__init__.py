"""The speed the product promises, measured: `python -m bench`, or `make bench`.

One module for each claim, each against a limit or a named peer in the same run, on both
databases. The community it measures is made by `community` and kept under `build/bench`.
"""
