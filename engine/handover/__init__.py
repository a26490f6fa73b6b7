"""Hand-over of customers: who leaves, who takes over, how far it is, and when a departure may be closed."""
