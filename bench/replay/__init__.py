"""Drives a recorded day of a real venue through the public API and judges what came out."""
