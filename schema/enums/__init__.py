"""The enums of models as clients see them, a file a noun; to import this is to describe them all."""

from schema.enums import accounts, errors, groups, matches, notifications, programs, reports, sign_ups

__all__ = ["accounts", "errors", "groups", "matches", "notifications", "programs", "reports", "sign_ups"]
