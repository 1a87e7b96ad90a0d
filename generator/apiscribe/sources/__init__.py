"""Sources: everything that an API is read from. `kinds` lists what `drift` and `adopt` can read."""
