"""The data: the draft and the Api, the lock, settings, the overlay, names."""
