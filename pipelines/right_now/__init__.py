"""What cannot wait until its turn in the ranking: who asked, whom we meet, who moved, who stands still, who leaves."""
