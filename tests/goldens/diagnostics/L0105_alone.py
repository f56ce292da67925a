twice = lambda n: 2 * n

# front: twice
