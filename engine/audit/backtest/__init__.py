"""What the policy would have caught: each signal and risk level, on past days, against the accounts later lost."""
