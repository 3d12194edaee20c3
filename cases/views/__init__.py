"""The pages of the cases, by noun."""
