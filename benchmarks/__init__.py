"""What the product must reach in speed and memory: one file a promise, each beside the floor or peer it is held to."""
