"""GraphiQL at /graphql: a small Vite project, the step that builds it, and the routes that serve what was built."""
