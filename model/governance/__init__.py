"""What an organization may change about itself: constitution, rulings, trials."""
