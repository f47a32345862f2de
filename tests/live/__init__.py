"""Live delivery under load and under fire: nothing is lost, nobody else is told, and it stops when it must."""
