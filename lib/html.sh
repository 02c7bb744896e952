#!/bin/sh
# The manual pages as linked HTML with an index. Arguments: the folder to write, then the pages. A page becomes
# NAME.SECTION.html; references to pages of other packages lead to Debian's manual.
set -eu
out=$1
shift
mkdir -p "$out"
rm -f "$out"/*.html
out=$(cd "$out" && pwd)
cat >"$out/index.html" <<'HEAD'
<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8"/>
  <meta name="viewport" content="width=device-width, initial-scale=1.0"/>
  <title>cs-tools: manual pages</title>
</head>
<body>
<h1>cs-tools: manual pages</h1>
<dl>
HEAD
for page in "$@"; do
    name=${page##*/}
    # mandoc takes the first form for pages of its working directory
    (cd "${page%/*}" && mandoc -T html -O 'man=%N.%S.html;https://manpages.debian.org/%N.%S' "$name") >"$out/$name.html"
    what=$(sed -n 's/^\.Nd //p' "$page" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g')
    printf '  <dt><a href="%s.html">%s(%s)</a></dt><dd>%s</dd>\n' "$name" "${name%.*}" "${name##*.}" "$what" >>"$out/index.html"
done
printf '</dl>\n</body>\n</html>\n' >>"$out/index.html"
