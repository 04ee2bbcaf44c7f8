"""What the pages share: where the reader is, what was read, how it is drawn."""
