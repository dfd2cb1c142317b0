"""Where what cannot wait goes out beside the page: one file a channel, and none of them can stop the list."""
