#!/bin/sh
# A Python environment with pyspark, for the sample and its tests. Argument: its folder; nothing is done where it is whole.
# What it downloads is large (some 500 MB); a Java of version 17 or later must be there.
set -eu
folder=$1
packages='pyspark==4.0.1 pyarrow>=11 pandas>=2'
[ ! -x "$folder/bin/python" ] || ! "$folder/bin/python" -c 'import pyspark, pyarrow, pandas' 2>/dev/null || exit 0
echo "setting up $folder: $packages" >&2
python3 -m venv "$folder"
# split into words on purpose
# shellcheck disable=SC2086
"$folder/bin/pip" install -q --disable-pip-version-check $packages
