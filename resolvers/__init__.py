"""What happens: plain arguments in, rows out. Only access.py decides who may do what."""
