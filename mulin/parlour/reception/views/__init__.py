"""Reception's pages, one module per face."""
