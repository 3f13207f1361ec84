"""The Jinja side of a template: its tags, what they may see, and what is checked before it runs."""
