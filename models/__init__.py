"""What we infer from what we knew: chances, their reasons and the order of the list."""
