"""What apiscribe costs, beside what others cost: `make bench`."""
