"""浙江省社会保险参保记录: the province's social insurance records."""
