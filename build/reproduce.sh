#!/usr/bin/env bash
# Builds what ships twice, from copies of the same commit in two folders, and compares the assemblies byte by byte.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for copy in first second; do
  git clone -q . "$work/$copy"
  for project in PromptAD.Training PromptAD.Evaluation PromptAD.Pictures PromptAD.Server; do
    dotnet build -c Release -m:1 -v quiet -p:ContinuousIntegrationBuild=true "$work/$copy/src/$project" >&2
  done
  (cd "$work/$copy/artifacts/bin" && find . -name 'PromptAD*.dll' -exec sha256sum {} + | sort -k 2) >"$work/$copy.sums"
done
wc -l <"$work/first.sums" | sed 's/$/ assemblies/'
diff "$work/first.sums" "$work/second.sums" && echo "both builds are the same"
