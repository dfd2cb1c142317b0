"""Small tables in, small tables out: what keeps every floor honest."""
