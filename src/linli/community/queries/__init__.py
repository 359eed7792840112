"""What communities show."""
