"""The reports, plans and minutes the policy asks for: what each holds, its period, and its life until it is issued."""
