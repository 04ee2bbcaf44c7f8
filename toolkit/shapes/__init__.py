"""What a model is made of: parameters, FLOPs and bytes from its shape alone, without any library."""
