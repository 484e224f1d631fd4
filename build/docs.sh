#!/usr/bin/env bash
# Builds the site of guides and API reference into artifacts/site. A link that leads nowhere fails. Needs the libraries built in Release.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet tool restore >/dev/null
rm -rf artifacts/site artifacts/docfx
dotnet docfx docfx.json --warningsAsErrors
ls artifacts/site/index.html artifacts/site/README.html artifacts/site/api/PromptAD.html >/dev/null
echo "$(find artifacts/site -name '*.html' | wc -l) pages in artifacts/site"
