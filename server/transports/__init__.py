"""GraphQL over HTTP, over server-sent events and over WebSocket: three thin transports before one gateway."""
