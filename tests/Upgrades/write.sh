#!/usr/bin/env bash
# Writes what the present version leaves behind, for the upgrade test of later ones: tests/Upgrades/write.sh 0.2.0
set -euo pipefail
cd "$(dirname "$0")/../.."
version=${1:?"usage: tests/Upgrades/write.sh <version>"}
dotnet build -c Release -v quiet tests/PromptAD.Server.Tests
PROMPTAD_UPGRADE=$PWD/tests/Upgrades/$version artifacts/bin/PromptAD.Server.Tests/release_linux-x64/PromptAD.Server.Tests \
  --explicit only --filter-class "*UpgradeWriter"
du -sh "tests/Upgrades/$version"
