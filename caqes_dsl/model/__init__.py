"""What a policy means once it is checked."""
