"""What must stay true: Tortoise models, their invariants, and the domain's errors."""
