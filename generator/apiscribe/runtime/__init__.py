"""The runtime of generated packages.

Every generated package contains a copy of this folder. It imports nothing from the generator, and
the generated package needs nothing else of apiscribe.
"""
