"""What is handed to people: views, templates, writers."""
