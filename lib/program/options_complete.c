/* program/options_complete.c: a completion script for bash that needs nothing but bash itself.
 *
 * The script is one function. It looks at the word before the cursor's: after an option with words to
 * choose from it offers those, after one whose names another option lists (--spec and --print-spec,
 * --list-specs) it asks the command for them, after one that names a file it offers files, after any
 * other option with a value it offers nothing. Else it offers the options where the word begins with a
 * dash, and files where it does not. bash splits words at "=" as a rule (COMP_WORDBREAKS), so
 * "--format=c" arrives as three words; where it has been told not to, as one.
 */
#include "base/text.h"
#include "program/options_rows.h"
#include <ctype.h>
#include <string.h>

/* _cs_waterfall: the function's name */
static void print_function(FILE *out, const char *command)
{
    fputc('_', out);
    for (const char *p = command; *p; p++) fputc(isalnum((unsigned char)*p) ? *p : '_', out);
}

static void print_words(FILE *out, const char *words)
{
    for (; *words; words++) fputc(*words == '|' ? ' ' : *words, out);
}

/* A case pattern of the option's names: "-o | --output" */
static void print_pattern(FILE *out, const cst_option *row)
{
    fputs("        ", out);
    if (row->letter) fprintf(out, "-%c | ", row->letter);
    fprintf(out, "--%s) ", row->name);
}

/* The option that lists the names that this one takes: --list-NAME or --list-NAMEs; NULL: there is none. */
static const cst_option *find_list(const cst_command *c, const cst_option *row)
{
    const char *what = strncmp(row->name, "print-", 6) == 0 ? row->name + 6 : row->name;
    size_t n = strlen(what);
    cst_option_walk w = {0};
    while (cst_option_next(c, &w)) {
        const char *name = w.row->name;
        if (strncmp(name, "list-", 5) == 0 && strncmp(name + 5, what, n) == 0 &&
            (name[5 + n] == '\0' || strcmp(name + 5 + n, "s") == 0))
            return w.row;
    }
    return NULL;
}

static void print_values(const cst_command *c, FILE *out)
{
    cst_option_walk w = {0};
    fputs("    case $before in\n", out);
    while (cst_option_next(c, &w)) {
        if (!cst_option_takes_value(w.row)) continue;
        print_pattern(out, w.row);
        const cst_option *list = find_list(c, w.row);
        if (list) fprintf(out, "words=$(%s --%s 2>/dev/null) ", c->name, list->name);
        if (w.row->kind == CST_OPT_CHOICE) {
            fputs("words='", out);
            print_words(out, w.row->value);
            fputs("' ;;\n", out);
        } else {
            fputs(cst_option_is_file(w.row) ? "files=1 ;;\n" : list ? ";;\n" : "return ;;\n", out);
        }
    }
    fputs("        *)\n"
          "            case $word in\n"
          "                -*) words=$options ;;\n"
          "                *) files=1 words=$first ;;\n"
          "            esac\n"
          "            ;;\n"
          "    esac\n",
          out);
}

/* What the first operand may be, and after one that is the first part of words, what the second may be. */
static void print_first(const char *words, FILE *out)
{
    cst_buffer heads = {0}, tails = {0};
    cst_word_follows(words, "", ' ', &heads);
    fprintf(out, "    [ \"$COMP_CWORD\" -ne 1 ] || first='%s'\n", cst_buffer_string(&heads));
    for (const char *p = heads.p; p && *p; p += strcspn(p, " ") + (p[strcspn(p, " ")] == ' ')) {
        char head[64];
        snprintf(head, sizeof head, "%.*s", (int)strcspn(p, " "), p);
        cst_buffer_clear(&tails);
        if (cst_word_follows(words, head, ' ', &tails))
            fprintf(out, "    [ \"$COMP_CWORD:${COMP_WORDS[1]}\" != 2:%s ] || first='%s'\n", head,
                    cst_buffer_string(&tails));
    }
    cst_buffer_free(&heads);
    cst_buffer_free(&tails);
}

void cst_options_completion(const cst_command *c, FILE *out)
{
    cst_option_walk w = {0};
    fprintf(out, "# bash completion for %s; made by: %s --completion\n", c->name, c->name);
    print_function(out, c->name);
    fputs("()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before= prefix= words= files= first= options\n"
          "    [ \"$COMP_CWORD\" -lt 1 ] || before=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "    options='",
          out);
    while (cst_option_next(c, &w)) {
        if (w.row->letter) fprintf(out, "-%c ", w.row->letter);
        fprintf(out, "--%s\n", w.row->name);
    }
    fputs("'\n", out);
    if (c->words) print_first(c->words, out);
    fputs("    COMPREPLY=()\n"
          "    if [ \"$word\" = = ]; then\n"
          "        word=\n"
          "    elif [ \"$before\" = = ] && [ \"$COMP_CWORD\" -ge 2 ]; then\n"
          "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    elif [ \"${word#--*=}\" != \"$word\" ]; then\n"
          "        before=${word%%=*} prefix=${word%%=*}= word=${word#*=}\n"
          "    fi\n",
          out);
    print_values(c, out);
    fputs("    [ -z \"$words\" ] || mapfile -t COMPREPLY < <(compgen -W \"$words\" -P \"$prefix\" -- "
          "\"$word\")\n"
          "    if [ -n \"$files\" ]; then\n"
          "        mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -P \"$prefix\" -- \"$word\")\n"
          "        compopt -o filenames 2>/dev/null || :\n"
          "    fi\n"
          "}\n"
          "complete -F ",
          out);
    print_function(out, c->name);
    fprintf(out, " %s\n", c->name);
}
