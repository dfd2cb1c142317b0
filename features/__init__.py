"""What we knew of a lead on a day, and what came next."""
