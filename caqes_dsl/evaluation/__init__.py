"""What a policy gives for an establishment."""
