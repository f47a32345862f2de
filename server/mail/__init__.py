"""E-mail: how letters are worded and handed to a mail server, and how people stop them."""
