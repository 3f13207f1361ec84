"""Render a template: run its steps, fill in values, write Marp Markdown."""
