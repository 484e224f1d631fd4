#!/usr/bin/env bash
# Lists what ships: a CycloneDX file (SBOM) for each program and package in artifacts/sbom, and the licences of all that is in them. Fails
# where one has a licence that is not known to be free for commercial use. Needs a restored solution and jq.
set -uo pipefail
cd "$(dirname "$0")/.."
out=artifacts/sbom
command -v jq >/dev/null || { apt-get install -y jq || { apt-get update && apt-get install -y jq; }; } >/dev/null 2>&1
command -v jq >/dev/null || { echo "jq is not here: 'apt-get install jq' brings it."; exit 2; }
dotnet tool restore >/dev/null || exit 2
rm -rf "$out"
for project in PromptAD PromptAD.Training PromptAD.Evaluation PromptAD.Client PromptAD.Cli PromptAD.Server; do
  dotnet dotnet-CycloneDX "src/$project/$project.csproj" -o "$out" -fn "$project.json" -F Json -dpr -rs --exclude-dev >"$out.log" 2>&1 \
    || { cat "$out.log"; exit 2; }
done

# What packages say in a file of their own instead of in their description; looked up by hand.
told='{
  "BitMiracle.LibTiff.NET": "BSD-3-Clause", "MQTTnet": "MIT", "Microsoft.ML.OnnxRuntime": "MIT", "Microsoft.ML.OnnxRuntime.Managed": "MIT"
}'
licences=$(jq -rs --argjson told "$told" '
  [.[].components[] | {key: "\(.name) \(.version)", value: ($told[.name] // .licenses[0].license.id // .licenses[0].expression // "unknown")}]
  | unique_by(.key)[] | "\(.value)\t\(.key)"' "$out"/*.json | sort)
echo "$licences" >"$out/licences.tsv"
echo "$licences" | cut -f 1 | sort | uniq -c
unknown=$(echo "$licences" | grep -vE '^(MIT|Apache-2.0|BSD-3-Clause|BSD-2-Clause|PostgreSQL)	')
[ -z "$unknown" ] || { echo "with licences that are not known to be free for commercial use:"; echo "$unknown"; exit 1; }
