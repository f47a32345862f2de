"""Whole mentorships, told from sign-up to farewell."""
