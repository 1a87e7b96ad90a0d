"""What generated packages run on.

This folder is copied as it stands into every generated package: it imports nothing of the
generator, and the generated package needs nothing else of apiscribe.
"""
