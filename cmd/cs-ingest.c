/* cs-ingest: raw exports to canonical streams. Options and wiring; the work is in lib/ingest. */
#include "ingest/ingest.h"
#include "tables/builtin.h"
#include <gsl/gsl_errno.h>
#include <stddef.h>

struct values {
    cst_shared shared;
    ing_options ingest;
    const char *print_map;
    bool list_maps, exit_code;
};

#define AT(member) offsetof(struct values, member)
static const cst_option rows[] = {
    {"map", 'm', CST_OPT_INPUT, "NAME|FILE", AT(ingest.map), "Map",
     "How the export becomes the stream: a built-in map (--list-maps) or a table column,from,transform. "
     "Without it columns go by their own names."},
    {"set", 0, CST_OPT_LIST, "COLUMN=VALUE", AT(ingest.set), NULL,
     "Fill a column with a constant, in place of what the map says. Repeatable."},
    {"lookup", 0, CST_OPT_LIST, "FILE:KEY:COLUMN[,COLUMN]", AT(ingest.lookup), NULL,
     "Bring columns by key from a second export; KEY and COLUMN may be HERE=THERE. For a lookup that the map "
     "names: NAME=FILE. No match rejects the row. Repeatable."},
    {"list-maps", 0, CST_OPT_MODE, NULL, AT(list_maps), NULL, "List the built-in maps."},
    {"print-map", 0, CST_OPT_MODE_TEXT, "NAME", AT(print_map), NULL, "Print a built-in map, to start from."},
    {"include", 0, CST_OPT_LIST, "KINDS", AT(ingest.include), "What counts as recurring",
     "Count these too, a list of trials, usage, paused."},
    {"exclude", 0, CST_OPT_LIST, "KINDS", AT(ingest.exclude), NULL,
     "Set these aside, a list of past-due, free."},
    {"past-due", 0, CST_OPT_COUNT, "DAYS", AT(ingest.past_due), NULL,
     "Revenue that is overdue ends so many days after it fell due; else it counts until cancelled."},
    {"where", 0, CST_OPT_TEXT, "EXPR", AT(ingest.where), "Rows",
     "Use only the rows of the export for which EXPR, over its own columns, is true."},
    {"identity", 0, CST_OPT_INPUT, "FILE", AT(ingest.identity), NULL,
     "Rename accounts, plans, products and subscriptions: a table kind,old_id,new_id."},
    {"dedupe", 0, CST_OPT_TEXT, "KEY:WINNER", AT(ingest.dedupe), NULL,
     "Of rows that agree in the columns KEY keep one: first, last, highest=COLUMN or lowest=COLUMN. The "
     "others are set aside."},
    {"check-keys", 0, CST_OPT_CHOICE, "bounded|all|none", AT(ingest.check_keys), NULL,
     "Reject a second row with the stream's key: within bounded memory (the first 1.5 million keys), all of "
     "them (some 30 bytes each), or not."},
    {"exit-code", 0, CST_OPT_FLAG, NULL, AT(exit_code), NULL, "End with status 1 if rows were rejected."},
    {"source-name", 0, CST_OPT_TEXT, "NAME", AT(ingest.source_name), NULL,
     "What the column source calls standard input, in place of -."},
    {"no-source", 0, CST_OPT_FLAG, NULL, AT(ingest.no_source), NULL,
     "Leave out the column source, the file and line of each raw record."},
    {0},
};
static const cst_option_table tables[] = {{rows, 0}, {cst_shared_options, AT(shared)}, {0}};

static const cst_command command = {
    .name = "cs-ingest",
    .summary = "turn the exports of billing, CRM, support and product systems into canonical streams",
    .usage = "[OPTION]... STREAM [FILE]...",
    .examples = "cs-ingest subscriptions --map recurly --lookup plan=plans.csv export.csv.gz\n"
                "cs-ingest accounts --map ./crm.csv --rejects bad.csv --manifest m.csv crm.csv",
    .notes = "STREAM is one of accounts, subscriptions, events, contacts, outcomes, milestones, reasons, fx, "
             "identity, owners, stages, trials, actions. The FILEs are one export in parts; each may have "
             "its columns in another order.",
    .tables = tables,
    .words = "accounts|subscriptions|events|contacts|outcomes|milestones|reasons|fx|identity|owners|"
             "stages|trials|actions",
};

static cst_status run(void *values, cst_program_io *io, cst_error *e)
{
    const struct values *v = values;
    if (v->list_maps) return cst_builtin_list("map", cst_io_main(io), e);
    if (v->print_map) return cst_builtin_print("map", v->print_map, cst_io_main(io), e);
    const cst_inputs *in = cst_io_operands(io);
    const char *stream = cst_io_word(io);
    if (!stream) stream = cst_io_has_operands(io) ? in->path[0] : NULL;
    bool rejected = false;
    cst_status status = cst_io_check_stream(io, e);
    if (status == CST_OK) status = ing_session(stream, in, &v->ingest, io, &rejected, e);
    return status == CST_OK && rejected && v->exit_code ? CST_END : status;
}

int main(int argc, char **argv)
{
    struct values v = {.ingest.check_keys = ING_KEYS_BOUNDED};
    gsl_set_error_handler_off();
    return cst_program(&command, argc, argv, &v, &v.shared, run);
}
