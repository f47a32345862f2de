"""The single-page app at /: the step that builds the reference app, and what serves a built one."""
