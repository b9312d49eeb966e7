"""Facts and the figures that they make: counted, added up the tree, expanded again, traced to a cell."""
