"""What asks the database."""
