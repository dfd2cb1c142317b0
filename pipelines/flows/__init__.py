"""The nightly and weekly work as Prefect flows, with retries and a place to watch it; the work itself is done elsewhere."""
