"""The model: draft, Api, lock, settings, overlay, names."""
