"""杭州市住房公积金: the city's housing fund, with one page that wants a fresh login."""
