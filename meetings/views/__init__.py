"""The pages of a meeting; split by screen."""
