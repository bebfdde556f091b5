"""What happens on the market, told to those who watch while it happens."""
