"""What people tell: facts taken down at once, and what follows from them."""
