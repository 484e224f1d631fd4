#!/usr/bin/env bash
# Feeds broken bytes to readers, guided by what they reach (SharpFuzz and AFL++), and says what was found.
#   tools/Fuzzing/run.sh <seconds for each> [readers, default all]
# Findings stay in artifacts/fuzzing/<reader>/default/crashes and hangs. Exits with 1 if there are any.
set -uo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:?give the seconds for each reader}; shift
out=artifacts/fuzzing program=artifacts/fuzzing/program

command -v afl-fuzz >/dev/null || { apt-get install -y afl++ || { apt-get update && apt-get install -y afl++; }; } >/dev/null 2>&1
command -v afl-fuzz >/dev/null || { echo "AFL++ is not here: 'apt-get install afl++' brings it."; exit 2; }
rm -rf "$program"
dotnet tool restore >/dev/null && dotnet build -c Release tools/Fuzzing -o "$program" -v quiet >/dev/null || { echo "it does not build"; exit 2; }
for library in PromptAD PromptAD.Server BitMiracle.LibTiff.NET; do
  dotnet sharpfuzz "$program/$library.dll" || { echo "$library cannot be instrumented"; exit 2; }
done

# A reader that takes more than this for a small file is a finding, too.
export DOTNET_GCHeapHardLimit=0x20000000 DOTNET_TieredPGO=0 DOTNET_gcServer=0
export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1

fuzz() {
  local seeds=tools/Fuzzing/Seeds/$1
  [ "$1" = header ] && seeds=tools/Fuzzing/Seeds/picture
  rm -rf "${out:?}/$1"
  afl-fuzz -i "$seeds" -o "$out/$1" -V "$seconds" -t 5000 -m none -- dotnet "$program/Fuzzing.dll" fuzz "$1" >"$out/$1.log" 2>&1
}
[ $# -gt 0 ] || set -- $(dotnet "$program/Fuzzing.dll" list)
for reader in "$@"; do
  while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
  fuzz "$reader" &
done
wait

all=0 found=0
printf '%-10s %12s %8s %8s %8s\n' reader executions paths crashes hangs
for reader in "$@"; do
  stats=$out/$reader/default/fuzzer_stats
  value() { sed -nE "s/^$1 *: *([0-9]+).*/\1/p" "$stats" 2>/dev/null; }
  done=$(value execs_done) crashes=$(value saved_crashes) hangs=$(value saved_hangs)
  [ -n "$done" ] || { echo "$reader did not run; see $out/$reader.log"; found=1; continue; }
  printf '%-10s %12s %8s %8s %8s\n' "$reader" "$done" "$(value corpus_count)" "$crashes" "$hangs"
  all=$((all + done)) found=$((found + crashes + hangs))
done
echo "$all executions, $found findings"
[ "$found" -eq 0 ]
