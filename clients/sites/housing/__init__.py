"""杭州市公共租赁住房: the city's public rental housing, below its city and a branch of the ministry."""
