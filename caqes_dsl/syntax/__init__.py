"""What the author wrote: text to tree, and tree back to text."""
