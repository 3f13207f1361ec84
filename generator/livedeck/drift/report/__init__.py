"""Write a comparison as text, Markdown, JSON or an HTML page."""
