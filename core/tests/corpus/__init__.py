"""Files that come to an import, good and bad, made by a script; and what has to be said about each."""
