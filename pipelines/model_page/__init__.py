"""The model page: what each model predicts, from what, how good it was on weeks it had not seen, and what it looks at."""
