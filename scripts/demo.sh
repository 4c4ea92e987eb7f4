#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The demonstration: tests/demo/demo.sh in an emulated 6.12.
set -euo pipefail
cd "${0%/*}/.."

scripts/host-deps.sh
tests/vm/prepare
exec tests/vm/run 6.12 tests/demo/demo.sh
