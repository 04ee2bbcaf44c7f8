"""A plan in an hour: at most forty questions, each with a default that says where it is from."""
