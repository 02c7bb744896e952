"""Polluted tables, the kinds of the Pollock benchmark (Vitagliano et al., VLDB 2023), over ten clean tables: each is either read as the
clean table is, or refused or told of in a message. Each command line says what it reads by its rows, written out again.

pollution_slow.py FOLDER-OF-COMMANDS"""

import csv
import io
import os
import random
import subprocess
import sys
import tempfile

HEADERS = {
    "subscriptions": ["account_id", "plan", "mrr", "start_date", "end_date"],
    "accounts": ["account_id", "name", "segment", "csm", "industry"],
}
# In a table of texts these are rows like any other, by all that the file says: only another table can show that nothing joins with them.
ROWS_OF_TEXT = {"header of two rows", "a line of dashes below the header", "a footnote with delimiters"}


def clean_tables(stream):
    """Ten tables: plain, of one row, quoted, of long texts, of other alphabets, of texts with delimiters and line ends."""
    texts = [
        ["Basic", "Pro", "Team"], ["Solo"], ["a b", "c d"], ["x" * 300, "y" * 500], ["Größe", "東京", "Škoda"],
        ["one, two", "three; four"], ['say "yes"', "it's"], ["two\nlines", "one"], ["tab\there", "pipe|here"], ["", "0", "-1"],
    ]
    for seed, plans in enumerate(texts):
        r = random.Random(seed)
        rows = []
        for i in range(1 if seed == 1 else 12):
            if stream == "accounts":
                rows.append([f"A{seed}{i}", r.choice(plans), r.choice(["Large", "Small"]), r.choice(["Ines", "Omar", ""]), r.choice(plans)])
                continue
            start = f"2024-{r.randint(1, 6):02}-{r.randint(1, 28):02}"
            rows.append([f"A{seed}{i}", r.choice(plans), str(r.randint(1, 900)), start,
                         r.choice(["", f"2024-{r.randint(7, 12):02}-01"])])
        yield rows


def text(rows, header, delimiter=",", quote='"', end="\n", quoting=csv.QUOTE_MINIMAL, **more):
    out = io.StringIO()
    w = csv.writer(out, delimiter=delimiter, quotechar=quote, lineterminator=end, quoting=quoting, **more)
    w.writerows(([header] if header else []) + rows)
    return out.getvalue()


def edit_line(s, k, change):
    """The text with its record k changed; the records end with LF and hold none."""
    lines = s.split("\n")
    lines[k] = change(lines[k])
    return "\n".join(lines)


def pollutions(rows, header):
    """Pairs of a name and the bytes of a polluted file."""
    s = text(rows, header)
    quoted = text(rows, header, quoting=csv.QUOTE_ALL)
    simple = not any("\n" in c for row in rows for c in row)
    middle = len(rows) // 2 + 1 if len(rows) > 1 else 1
    for name, d in (("semicolon", ";"), ("tab", "\t"), ("pipe", "|"), ("blank", " "), ("caret", "^"), ("unit separator", "\x1f")):
        yield "delimiter " + name, text(rows, header, delimiter=d).encode()
    yield "delimiter of two bytes", "\n".join("||".join(r) for r in [header] + rows).encode()
    yield "delimiter comma and blank", "\n".join(", ".join(r) for r in [header] + rows).encode() + b"\n"
    yield "delimiter written as a decimal comma", text([r[:2] + [r[2] + ",50"] + r[3:] for r in rows], header, delimiter=";").encode()
    yield "sep= at the top", ("sep=;\n" + text(rows, header, delimiter=";")).encode()
    for name, q in (("apostrophe", "'"), ("typographic", "“"), ("back quote", "`")):
        yield "quote " + name, text(rows, header, quote=q, quoting=csv.QUOTE_ALL).encode()
    yield "quotes everywhere", quoted.encode()
    yield "no quotes", "\n".join(",".join(r) for r in [header] + rows).encode() + b"\n"
    yield "escape by backslash", text(rows, header, doublequote=False, escapechar="\\", quoting=csv.QUOTE_ALL).encode()
    yield "escape by backslash without quotes", text(rows, header, quoting=csv.QUOTE_NONE, escapechar="\\", quote=None).encode()
    yield "CRLF", text(rows, header, end="\r\n").encode()
    yield "CR", text(rows, header, end="\r").encode()
    yield "LF CR", text(rows, header, end="\n\r").encode()
    yield "CR CR LF", text(rows, header, end="\r\r\n").encode()
    yield "two line ends", text(rows, header, end="\n\n").encode()
    yield "record separator 0x1E", text(rows, header, end="\x1e").encode()
    yield "no last line end", s[:-1].encode()
    yield "no header", text(rows, None).encode()
    yield "header twice", text([header] + rows, header).encode()
    yield "header again in the middle", text(rows[:middle] + [header] + rows[middle:], header).encode()
    yield "header again at the end", text(rows + [header], header).encode()
    yield "header again, quoted", (s + ",".join(f'"{c}"' for c in header) + "\n").encode()
    yield "header of two rows", text([["id", "name", "USD", "day", "day"]] + rows, header).encode()
    yield "header of two rows, first groups", (",,amounts,dates,\n" + s).encode()
    yield "header in capitals", text(rows, [c.upper() for c in header]).encode()
    yield "header with a name twice", text([r + ["5"] for r in rows], header + ["mrr"]).encode()
    yield "header too short", text(rows, header[:4]).encode()
    yield "header too long", text(rows, header + ["more"]).encode()
    yield "header empty in a column", text(rows, ["account_id", "", "mrr", "start_date", "end_date"]).encode()
    yield "two tables, a blank line between", (s + "\n" + s).encode()
    yield "two tables, other columns", (s + "\nsegment,customers\nLarge,3\n").encode()
    yield "two tables, side by side", text([r + [""] + r for r in rows], header + [""] + header).encode()
    yield "a title above", ("Subscriptions\n" + s).encode()
    yield "a title above with delimiters", ("Subscriptions,,,,\n" + s).encode()
    yield "a comment above", ("# made by hand\n" + s).encode()
    yield "an empty line above", ("\n" + s).encode()
    yield "a line of delimiters above", (",,,,\n" + s).encode()
    yield "a footnote", (s + "Source: billing\n").encode()
    yield "a footnote with delimiters", (s + "Source: billing,,,,\n").encode()
    yield "a line of delimiters below", (s + ",,,,\n").encode()
    yield "a line of dashes below the header", text([["---"] * 5] + rows, header).encode()
    yield "a line of blanks below", (s + "   \n").encode()
    yield "a column more", text([r + [""] for r in rows], header + [""]).encode()
    yield "a row number before", text([[str(i)] + r for i, r in enumerate(rows)], [""] + header).encode()
    yield "nothing", b""
    yield "an unclosed quote at the end", (s + '"A,Basic,1,2024-01-01,\n').encode()
    if simple:
        for name, k in (("first", 1), ("middle", middle), ("last", len(rows))):
            yield f"{name} row without its last delimiter", edit_line(s, k, lambda line: line.rpartition(",")[0]).encode()
            yield f"{name} row without its first delimiter", edit_line(s, k, lambda line: line.replace(",", "", 1)).encode()
            yield f"{name} row with a delimiter more", edit_line(s, k, lambda line: line + ",").encode()
            yield f"{name} row with a delimiter before", edit_line(s, k, lambda line: "," + line).encode()
            yield f"{name} row with another delimiter", edit_line(s, k, lambda line: line.replace(",", ";")).encode()
            yield f"{name} row with a quote opened", edit_line(s, k, lambda line: '"' + line).encode()
            yield f"{name} row with a quote within", edit_line(s, k, lambda line: line[:1] + '"' + line[1:]).encode()
            yield f"{name} row with blanks about quotes", edit_line(s, k, lambda line: ' "' + line.replace(",", '" ,', 1)).encode()
            yield f"{name} row ends with CR alone", edit_line(s, k, lambda line: line + "\r" + line).encode()
            yield f"{name} row with a NUL", edit_line(s, k, lambda line: line[:1] + "\0" + line[1:]).encode()
            if '"' not in s.split("\n")[k]:  # within quotes a line end is part of the text
                yield f"{name} row split in two", edit_line(s, k, lambda line: line[:7] + "\n" + line[7:]).encode()
    yield "UTF-8 with a mark", b"\xef\xbb\xbf" + s.encode()
    for code in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield code, s.encode(code)
    yield "Latin-1", s.replace("東京", "Tokio").replace("Š", "S").encode("latin-1")
    yield "two marks", b"\xef\xbb\xbf\xef\xbb\xbf" + s.encode()
    yield "bytes that are no UTF-8", s.encode() + b"\xff\xfe,Basic,1,2024-01-01,\n"
    yield "end of file of DOS", s.encode() + b"\x1a"


def values(data):
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def ended_well(got):
    """Status 0; or 2, with a message, and nothing written but what ends with the closing line."""
    whole = got.stdout == b"" or b"failed, this table is not whole" in got.stdout
    return got.returncode == 0 or got.returncode == 2 and got.stderr != b"" and whole


def try_stream(commands, stream):
    """How many passed, failed, were skipped."""
    header = HEADERS[stream]
    with open("map.csv", "w") as f:
        f.write("column,from,transform\n" + "".join(f"{c},{c},\n" for c in header))

    def read(data):
        with open("in.csv", "wb") as f:
            f.write(data)
        command = [os.path.join(commands, "cs-ingest"), stream, "--no-source", "--map", "./map.csv", "in.csv"]
        return subprocess.run(command, capture_output=True)

    passed = failed = skipped = 0
    for k, rows in enumerate(clean_tables(stream)):
        clean = read(text(rows, header).encode())
        if clean.returncode != 0 or clean.stderr or len(values(clean.stdout)) != len(rows) + 1:
            print(f"FAILED pollution: {stream} {k}, clean: {clean.stderr.decode()}")
            failed += 1
            continue
        for name, data in pollutions(rows, header):
            if stream == "accounts" and name in ROWS_OF_TEXT:
                skipped += 1
                continue
            got = read(data)
            told = got.stdout == clean.stdout or got.stderr != b""
            if told and ended_well(got):
                passed += 1
            else:
                failed += 1
                what = f"status {got.returncode}" if told else "read differently without a message"
                print(f"FAILED pollution: {stream} {k}, {name}: {what}")
    return passed, failed, skipped


def main():
    commands = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        passed, failed, skipped = map(sum, zip(*(try_stream(commands, stream) for stream in HEADERS)))
        os.chdir("/")
    if skipped:
        print(f"SKIP pollution: {skipped} in tables of texts: {', '.join(sorted(ROWS_OF_TEXT))}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed > 0


sys.exit(main())
