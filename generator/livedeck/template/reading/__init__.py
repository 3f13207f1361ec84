"""Read a template: its run fences, their options, its front matter and pictures."""
