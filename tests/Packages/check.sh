#!/usr/bin/env bash
# Uses the packages as somebody else would: packs them into a feed, makes new programs outside the repository with the commands and the
# C# of README.md and docs/csharp.md, and builds, runs and publishes them in every usual way. Prints a line a check; fails if one does.
set -uo pipefail
repository=$(cd "$(dirname "$0")/../.." && pwd)
here=$repository/tests/Packages
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# A version of its own, so that no cache has it: three numbers, each small enough for a file's version. Everything but these packages comes
# from the user's cache, where it is.
now=$(date +%s) version=0.$(( now / 60 % 60000 )).$(( now % 60 ))
export MinVerVersionOverride=$version DOTNET_NOLOGO=1 PROMPTAD_STORE=$work/store DOTNET_BUNDLE_EXTRACT_BASE_DIR=$work/extracted

# check NAME EXPECTED COMMAND...: whether the command's output has the words; for a name with "refused" the command must fail too.
check() {
  local name=$1 expected=$2 start=$SECONDS status; shift 2
  "$@" >"$work/log" 2>&1 </dev/null; status=$?
  local wanted=0; [[ $name == *refused* ]] && wanted=1
  if { [ $wanted = 0 ] && [ $status -ne 0 ]; } || { [ $wanted = 1 ] && [ $status -eq 0 ]; } || ! grep -qF -- "$expected" "$work/log"; then
    echo "packages: FAILED  $name: exit code $status, '$expected' expected in"; tail -n 40 "$work/log"
    failed=$((failed + 1)); return 1
  fi
  passed=$((passed + 1))
  echo "packages: ok  $name ($((SECONDS - start)) s)"
}

# block DOCUMENT MARK: the lines of the code block that follows a comment in a document.
block() { awk -v mark="<!-- $2" 'index($0, mark) == 1 { found = 1; next } found && /^```/ { if (inside) exit; inside = 1; next } inside' "$repository/$1"; }

# The guide's commands, with the temporary folder in place of the folder above.
block docs/csharp.md "The check of packages runs these commands" | sed "s|\.\./|$work/|g" >"$work/pack-and-add.sh"
packing() {
  cd "$repository" && grep 'dotnet pack' "$work/pack-and-add.sh" >"$work/pack.sh" && bash -e "$work/pack.sh"
}
adding() {
  export NUGET_FALLBACK_PACKAGES=${NUGET_PACKAGES:-$HOME/.nuget/packages} NUGET_PACKAGES=$work/packages
  # The template knows one source of its own; here those of the user are asked.
  cd "$work" && grep -v 'dotnet pack' "$work/pack-and-add.sh" | sed "s|^dotnet new nugetconfig|&; sed -i '/<clear/d; /key="nuget"/d' nuget.config|" >"$work/add.sh" \
    && bash -e "$work/add.sh"
}
check "pack" "Successfully created package" packing || { echo "packages: 0 passed, 1 failed"; exit 1; }
check "new program, packages added" "libtorch-cpu-linux-x64" adding || { echo "packages: 1 passed, 1 failed"; exit 1; }
export NUGET_FALLBACK_PACKAGES=${NUGET_PACKAGES:-$HOME/.nuget/packages} NUGET_PACKAGES=$work/packages

cd "$work/bolt" || exit 1
cp "$here/DrawnPictures.cs" .
block docs/csharp.md "The test ReadmeTests keeps these lines equal" >Program.cs
check "the guide's program" "worst at" dotnet run
[ -f image.overlay.png ] || { echo "packages: FAILED  the guide's program left no overlay"; failed=$((failed + 1)); }

cp "$here/Short.cs" Program.cs
check "publish" "bolt ->" dotnet publish -o "$work/portable" && check "published program" "judged" "$work/portable/bolt"
rm -rf "$work/portable" bin/Debug
single="dotnet publish -r linux-x64 --self-contained false -p:PublishSingleFile=true"
check "publish a single file" "bolt ->" $single -o "$work/single" && check "single file" "judged" "$work/single/bolt"
check "built with -r linux-x64" "judged" bin/Release/net10.0/linux-x64/bolt
rm -f "$work/single/libtorch_cpu.so"
check "without libtorch, refused in one line" "dotnet add package libtorch-cpu-linux-x64 --version" "$work/single/bolt"
[ "$(wc -l <"$work/log")" = 1 ] || { echo "packages: FAILED  more than one line:"; cat "$work/log"; failed=$((failed + 1)); }
rm -rf "$work/single"
check "publish a single file with natives inside" "bolt ->" $single -p:IncludeNativeLibrariesForSelfExtract=true -o "$work/packed" \
  && check "single file with natives inside" "judged" "$work/packed/bolt"
rm -rf "$work/packed" "$work/extracted"

line() { dotnet new console -o "$work/line" && cd "$work/line" && block README.md "The test ReadmeTests keeps these lines equal" >Program.cs \
  && cp ../bolt/nuget.config . && cp ../bolt/bolt.promptad plate.promptad && cp ../bolt/image.png part.png \
  && dotnet add package PromptAD && dotnet run && ls part.overlay.png; }
# Two good pictures leave a wide zone of REVIEW; only what is not OK gets an overlay.
check "README's program, which only predicts" "part.overlay.png" line

application() (dotnet new console -o "$work/application" && cd "$work/application" && cp ../bolt/nuget.config . && cp "$here/Application.cs" Program.cs \
  && dotnet add package PromptAD.Evaluation && dotnet add package PromptAD.Pictures && dotnet add package libtorch-cpu-linux-x64 --version 2.10.0 \
  && dotnet build && dotnet run --no-build >lines && diff "$here/Application.txt" lines && echo "as expected")
check "a stranger's application" "as expected" application
rm -rf "$work/application"

tool() { (unset NUGET_PACKAGES NUGET_FALLBACK_PACKAGES; cd "$repository" && dotnet pack src/PromptAD.Cli -c Release -o "$work/feed") \
  && dotnet tool install PromptAD.Tool --tool-path "$work/tool" --add-source "$work/feed" --version "$version"; }
check "tool installed" "was successfully installed" tool && check "tool" "part.png" "$work/tool/promptad" predict plate.promptad part.png

tour() { mkdir "$work/tour" && cd "$work/tour" && block README.md "The check of packages runs these commands" >tour.sh && grep -c '^promptad' tour.sh \
  && PATH=$work/tool:$PATH bash -e tour.sh && ls results/crack report/report.html plate.onnx; }
check "README's tour" "plate.onnx" tour

client() { dotnet new classlib -f netstandard2.0 -o "$work/client" && cd "$work/client" && cp ../bolt/nuget.config . && cp "$here/StationClient.cs" Class1.cs \
  && dotnet add package PromptAD.Client && dotnet build; }
check "the service's client in a netstandard2.0 library" "0 Error(s)" client

example() { cp -r "$repository/examples/export/csharp" "$work/example" \
  && "$work/tool/promptad" export "$work/bolt/bolt.promptad" --check "$work/bolt/image.png" -o "$work/bolt.onnx" \
  && dotnet run --project "$work/example/Judge" -c Release -- "$work/bolt.onnx" "$work/bolt/image.ppm"; }
check "exported file in a netstandard2.0 library" "image.ppm" example

echo "packages: $passed passed, $failed failed"
exit $((failed > 0))
