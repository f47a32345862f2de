"""Compiled execution: documents run as plans, and subscriptions opened once and completed event by event."""
