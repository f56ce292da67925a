# front: limit
limit = 3
