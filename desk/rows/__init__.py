"""What each row of Min dag is made from: a file for each part of the house, a function for each kind of row."""
