"""Units over time as values: what kinds there are, what is known of them on a day, what may happen to them."""
