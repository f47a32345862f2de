"""A schema with every feature of Strawberry that ours may use, whose resolvers wait, raise and give nonsense."""
