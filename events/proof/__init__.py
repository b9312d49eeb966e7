"""What makes the log provable: its Merkle tree in tiles, signed checkpoints, proofs, receipts, and an export."""
