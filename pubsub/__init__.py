"""How others hear: the broker, the activity log's reader and the transaction that writes both."""
