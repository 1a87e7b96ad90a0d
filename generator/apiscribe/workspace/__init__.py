"""Access to the machine: files, the cache, child processes and the profile of a run."""
