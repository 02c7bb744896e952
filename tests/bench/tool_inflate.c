/* What zlib alone needs: tool_inflate FILE inflates it, member after member, into one buffer and forgets
 * it. The limit that reading gzip is held to. */
#include <stdio.h>
#include <zlib.h>

int main(int argc, char **argv)
{
    static unsigned char in[1 << 18], out[1 << 19];
    unsigned long long bytes = 0;
    FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
    z_stream z = {0};
    if (!f || inflateInit2(&z, 15 + 16) != Z_OK) return 2;
    int r = Z_OK;
    while ((z.avail_in = (uInt)fread(in, 1, sizeof in, f)) > 0) {
        z.next_in = in;
        while (z.avail_in > 0 || z.avail_out == 0) {
            z.next_out = out;
            z.avail_out = sizeof out;
            if (r == Z_STREAM_END && inflateReset(&z) != Z_OK) return 2;
            r = inflate(&z, Z_NO_FLUSH);
            if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR) return 2;
            bytes += sizeof out - z.avail_out;
        }
    }
    inflateEnd(&z);
    fclose(f);
    printf("%llu\n", bytes);
    return r == Z_STREAM_END ? 0 : 2;
}
