"""Compare two records of a deck: match their commands and values, and judge what differs."""
