"""A country as events: 34 provinces, 3,321 communes, 230 thousand branches, ten million events over five years."""
