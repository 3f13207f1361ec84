"""Records: captures as a file, their replay, secrets taken out of them, and values that vary in them."""
