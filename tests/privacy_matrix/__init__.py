"""Who reads what: a table of rules for every field of the schema, and questions made from the schema that try them."""
