"""README's pictures, taken from a running host."""
