# The commands of this project. `make` alone lists them.
#
# Two are enough to begin: `make run` starts the workstation, `make test` tests all of it.

SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
FRONT_END := app/frontend

export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check format setup build freeze upgrade seed pictures bench clean

help: ## 列出命令 · list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  make run 的选项 · options of make run:"
	@echo "    HOST=0.0.0.0  PORT=5001  TLS_CERT=…  TLS_KEY=…  EXCHANGES=…  SITE_MODE=live   (docs/settings.md)"

run: ## 启动工作台 · start the workstation on http://127.0.0.1:5000
	@$(PYTHON) -m scripts.run

test: ## 安装测试所需并运行全部测试 · install what tests need, then run all of them
	@$(PYTHON) -m scripts.run_tests

test-fast: ## 两分钟内的测试 · the tests that need no browser, no exchange and no PostgreSQL
	@$(PYTHON) -m scripts.prepare test
	@$(BIN)/pytest -n 2 -q -m "not asterisk and not browser and not setup and not postgresql"

check: ## 检查风格、类型与导入 · style, types, imports, locks
	@$(PYTHON) -m scripts.prepare test
	@$(PYTHON) -m scripts.check_locks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix $(FRONT_END) run check

format: ## 统一代码格式 · format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

build: ## 只构建前端与界面文字 · build the front end and the texts
	@$(PYTHON) -m scripts.prepare run

setup: ## 只安装，不启动 · install everything without starting
	@$(PYTHON) -m scripts.prepare test

freeze: ## 重新锁定依赖 · lock the requirements again (needs the network)
	@$(PYTHON) -m scripts.freeze

upgrade: ## 升级数据库 · bring the database of instance/ to the newest shape
	SITE_MODE=$${SITE_MODE:-demo} $(BIN)/flask --app wsgi db upgrade

seed: ## 写入演示城市 · write the demo city into the database
	SITE_MODE=demo $(BIN)/flask --app wsgi seed demo

pictures: ## 重拍文档图片 · take the pictures of the documents again
	@$(PYTHON) -m scripts.prepare test
	@$(BIN)/python docs/scripts/make_pictures.py

bench: ## 测量性能（SOAK=2h、ONLY="ring ami"）· measure; table and instance/bench/latest.json
	@$(PYTHON) -m scripts.prepare test
	@$(BIN)/python -m tests.bench.run $(ONLY) --soak $(or $(SOAK),60s)

clean: ## 删除一切生成物（含演示数据）· remove everything made here, the demo data too
	rm -rf .venv instance app/static/built $(FRONT_END)/node_modules
	find app -name '*.mo' -delete
