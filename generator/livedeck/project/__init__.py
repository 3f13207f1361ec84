"""The files of a course: its settings, its decks, where everything lies, and how it is written."""
