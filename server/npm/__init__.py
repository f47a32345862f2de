"""Small npm projects in this checkout: a Node for them, their packages, and the pages that are built from them."""
