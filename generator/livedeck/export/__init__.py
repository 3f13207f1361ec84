"""From Marp Markdown to what students open: HTML, PDF and pictures, checked before they are put in place.

`write.write` does all of it. Nothing is imported here: a build that stops at Markdown needs the fonts alone.
"""
