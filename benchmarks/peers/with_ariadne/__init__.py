"""The peer written with Ariadne: the same SDL, statements and DataLoaders as the Node servers."""
