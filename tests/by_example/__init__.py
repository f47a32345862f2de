"""The pages of docs/api, read and done: what they show is sent, and the answer is held against what they show."""
