#!/usr/bin/env bash
# Lists what ships: a CycloneDX file (SBOM) for each program and package in artifacts/sbom, and the licences of all that is in them. Fails
# where one has a licence that is unknown or not among build/licences.json. Needs a restored solution and jq.
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

licences=$(jq -rs --slurpfile lists build/licences.json '
  $lists[0].told as $told | [.[].components[] | {key: "\(.name) \(.version)", value: ($told[.name] // .licenses[0].license.id // .licenses[0].expression // "unknown")}]
  | unique_by(.key)[] | "\(.value)\t\(.key)"' "$out"/*.json | sort)
echo "$licences" >"$out/licences.tsv"
echo "$licences" | cut -f 1 | sort | uniq -c
unknown=$(echo "$licences" | grep -vE "^($(jq -r '.allowed | map(gsub("[.]"; "[.]")) | join("|")' build/licences.json))	")
[ -z "$unknown" ] || { echo "with licences that are unknown or not allowed in build/licences.json:"; echo "$unknown"; exit 1; }
