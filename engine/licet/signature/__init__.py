"""What the law can see of an order, and the verdicts remembered by it."""
