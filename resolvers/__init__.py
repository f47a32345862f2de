"""What happens: plain arguments in, rows out. Only access/ decides who may do what."""
