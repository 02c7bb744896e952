#!/bin/sh
# Packs a staged installation as a Debian package. Arguments: the stage (its usr/ filled by make install with PREFIX=/usr), the
# version, the folder for the package, the maintainer. Works without root: the files are entered as root's.
set -eu
stage=$1 version=$2 out=$3 maintainer=$4
arch=$(dpkg --print-architecture)

# What the programs and the shared library need: dpkg-shlibdeps knows the lowest versions that do; where it is not
# installed, the packages that own what the loader finds.
list_depends() {
    if command -v dpkg-shlibdeps >/dev/null 2>&1; then
        mkdir -p "$stage/debian"
        printf 'Source: cs-tools\n\nPackage: cs-tools\nArchitecture: any\n' >"$stage/debian/control"
        (cd "$stage" && dpkg-shlibdeps -O usr/bin/cs-* usr/lib/libcstools.so.* 2>debian/log) |
            sed -n 's/^shlibs:Depends=//p'
        rm -rf "$stage/debian"
    else
        ldd "$stage"/usr/bin/cs-* "$stage"/usr/lib/libcstools.so.* | awk '$2 == "=>" { print $3 }' | sort -u |
            while read -r library; do # /lib may be a link to /usr/lib, and dpkg know either name
                dpkg -S "$library" 2>/dev/null || dpkg -S "/usr$library" 2>/dev/null || dpkg -S "${library#/usr}"
            done | sed 's/:.*//' | sort -u | paste -sd, | sed 's/,/, /g'
    fi
}

if command -v strip >/dev/null 2>&1; then
    strip --strip-unneeded "$stage"/usr/bin/cs-* "$stage"/usr/lib/libcstools.so.*
    strip --strip-debug "$stage"/usr/lib/libcstools.a
fi
doc=$stage/usr/share/doc/cs-tools
{
    printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: cs-tools\n\n'
    printf 'Files: *\nCopyright: the cs-tools authors\nLicense: GPL-3.0-or-later\n'
    printf ' On Debian systems the text of the licence is in /usr/share/common-licenses/GPL-3.\n'
} >"$doc/copyright"
rm -f "$doc/LICENSE"
find "$stage/usr/share/man" -type f -name '*.[1-9]' -exec gzip -9n {} +

depends=$(list_depends)
[ -n "$depends" ] || { echo "deb: expected libraries that the programs depend on, found none" >&2 && exit 2; }
size=$(du -sk "$stage/usr" | cut -f1)
mkdir -p "$stage/DEBIAN"
(cd "$stage" && find usr -type f | sort | xargs md5sum) >"$stage/DEBIAN/md5sums"
echo 'activate-noawait ldconfig' >"$stage/DEBIAN/triggers"
cat >"$stage/DEBIAN/control" <<END
Package: cs-tools
Version: $version
Architecture: $arch
Maintainer: $maintainer
Installed-Size: $size
Depends: $depends
Suggests: bash-completion, libcsv-dev, libgsl-dev, zlib1g-dev
Section: utils
Priority: optional
Description: customer-success and recurring-revenue analytics from CSV files
 Small commands that turn the exports of billing, CRM, product usage, support
 and surveys into revenue bridges with NRR and GRR, retention cohorts, health
 scores and red flags. A file in, a file out: no database and no server.
 .
 The library libcstools and its headers are included.
END
chmod -R u+rwX,go+rX,go-w "$stage"
package=$out/cs-tools_${version}_$arch.deb
dpkg-deb --root-owner-group --build "$stage" "$package" >/dev/null
echo "$package"
