"""What is asked of the outside for orders."""
