"""The ratios that count: each piece of work against a floor measured in the same process."""
