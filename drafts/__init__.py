"""Unsaved long texts, kept on the server for the person who writes them and for no one else."""
