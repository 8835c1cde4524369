# The commands of this project; each is a short program in scripts/.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check bench lock format clean

help:
	@echo "make run      everything in the foreground, Ctrl-C stops it   启动全部服务（沙箱），Ctrl-C 停止"
	@echo "make test     every check, with PostgreSQL, Redis, Chromium   全部检查"
	@echo "make check    the fast half, no servers                       快速检查"
	@echo "make bench    benchmarks                                      性能测试"
	@echo "make format   format the code                                 格式化代码"
	@echo "make lock     pin the dependencies again                      重新锁定依赖"
	@echo "make clean    remove var/ and .venv/, all data included       删除 var/ 与 .venv/（含全部数据）"

run:
	@scripts/setup run && exec .venv/bin/python scripts/run.py

test:
	@exec scripts/test

check:
	@exec scripts/check

bench:
	@scripts/setup test && . scripts/environment && exec .venv/bin/python -m tests.bench

format:
	@exec scripts/format

lock:
	@scripts/setup test && exec scripts/lock

clean:
	@rm -rf var .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
