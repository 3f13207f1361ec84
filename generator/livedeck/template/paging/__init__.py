"""Divide Markdown into slides: heights, sizes of terminals, blocks that continue on more slides."""
