"""The pages in headless Chromium, on a real host."""
