"""西湖区不动产登记: the county's property registration."""
