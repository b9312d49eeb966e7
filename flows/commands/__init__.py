"""The commands of the command line, a file each; `flows.cli` lists them."""
