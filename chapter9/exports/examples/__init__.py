"""What is copied into an export: a program for each format, and text to token ids."""
