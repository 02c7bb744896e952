/* report/run.c: from the words of a run to what makes it, and which options it takes. */
#include "report/charts.h"
#include <string.h>

#define CHART     " title table where "
#define CUSTOMERS " accounts metrics scores flags book milestones outcomes touchpoints by owner as-of "
static const struct mode {
    const char *word, *takes; /* options, each between blanks */
    const char *ending;       /* of the file, where it is no text */
    report_make *chart;       /* which chart; NULL: no chart, and `run` makes it */
    cst_status (*run)(const report_options *o, cst_program_io *io, cst_error *e);
    bool writes_table; /* in any format of tables */
} modes[] = {
    {"chart bridge", CHART "period ", NULL, report_make_bridge, NULL, false},
    {"chart triangle", CHART, NULL, report_make_triangle, NULL, false},
    {"chart survival", CHART "unit ", NULL, report_make_survival, NULL, false},
    {"chart scores", CHART "period model ", NULL, report_make_scores, NULL, false},
    {"chart trend", CHART "column ", NULL, report_make_trend, NULL, false},
    {"chart sparkline", CHART "column ", NULL, report_make_sparkline, NULL, false},
    {"chart fan", CHART "history ", NULL, report_make_fan, NULL, false},
    {"chart deciles", CHART, NULL, report_make_deciles, NULL, false},
    {"chart funnel", CHART, NULL, report_make_funnel, NULL, false},
    {"page",
     " company model bridge quarter movers customers scores portfolio cohorts survival renewals accounts "
     "tie-out metrics forecast backtest deciles moves previous manifest-in ",
     ".html", NULL, report_page_run, false},
    {"morning", " company customers scores owner limit ", ".txt", NULL, report_morning_run, false},
    {"digest", " company owner link bridge quarter movers customers scores accounts tie-out manifest-in ",
     ".html or .txt", NULL, report_digest_run, false},
    {"night", " company by days limit link no-people previous manifest-in as-of ", NULL, NULL,
     report_night_run, false},
    {"account", CUSTOMERS "account contacts detail explain events limit no-people ", ".html", NULL,
     report_account_run, false},
    {"portfolio", CUSTOMERS, NULL, NULL, report_portfolio_run, true},
    {"agenda", CUSTOMERS "company days limit ", ".txt", NULL, report_agenda_run, false},
    {"workbook", " bridge detail metrics renewals tie-out manifest-in as-of ", ".xlsx", NULL,
     report_workbook_run, false},
};

/* A workbook is no page, and neither is a chart: the name must not promise another one. */
static cst_status check_ending(const char *output, const struct mode *mode, cst_error *e)
{
    static const char *const endings[] = {".html", ".txt", ".xlsx"};
    size_t n = output ? strlen(output) : 0;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const char *other = endings[i];
        if (n <= strlen(other) || strcasecmp(output + n - strlen(other), other) != 0) continue;
        if (mode->ending && strstr(mode->ending, other)) return CST_OK;
        return cst_fail(e, CST_USAGE, "--output: expected a name that ends in %s for %s, found \"%s\"",
                        mode->ending         ? mode->ending
                        : mode->writes_table ? ".csv"
                                             : ".svg",
                        mode->word, output);
    }
    return CST_OK;
}

/* An option that the mode does not take would change nothing, in silence. */
static cst_status check_options(const report_options *o, const struct mode *mode, cst_error *e)
{
    const struct given {
        const char *name;
        bool given;
    } options[] = {{" title ", o->title != NULL},
                   {" table ", o->table != NULL},
                   {" where ", o->where != NULL},
                   {" period ", o->period != CST_DAY_NONE},
                   {" column ", o->column != NULL},
                   {" model ", o->model != NULL},
                   {" unit ", o->unit != NULL},
                   {" history ", o->history != NULL},
                   {" bridge ", o->bridge != NULL},
                   {" detail ", o->detail != NULL},
                   {" metrics ", o->metrics != NULL},
                   {" renewals ", o->renewals != NULL},
                   {" tie-out ", o->tie_out != NULL},
                   {" manifest-in ", o->shared.manifests.n > 0 && !o->shared.manifest},
                   {" as-of ", o->as_of != CST_DAY_NONE},
                   {" quarter ", o->quarter != NULL},
                   {" movers ", o->movers != NULL},
                   {" customers ", o->customers != NULL},
                   {" scores ", o->scores != NULL},
                   {" portfolio ", o->portfolio != NULL},
                   {" cohorts ", o->cohorts != NULL},
                   {" survival ", o->survival != NULL},
                   {" accounts ", o->accounts != NULL},
                   {" forecast ", o->forecast != NULL},
                   {" backtest ", o->backtest != NULL},
                   {" deciles ", o->deciles != NULL},
                   {" moves ", o->moves != NULL},
                   {" previous ", o->previous != NULL},
                   {" owner ", o->owner != NULL},
                   {" limit ", o->limit.set},
                   {" days ", o->days.set},
                   {" flags ", o->flags != NULL},
                   {" book ", o->book != NULL},
                   {" milestones ", o->milestones != NULL},
                   {" outcomes ", o->outcomes != NULL},
                   {" touchpoints ", o->touchpoints != NULL},
                   {" by ", o->by != NULL},
                   {" link ", o->link != NULL},
                   {" account ", o->account != NULL},
                   {" explain ", o->explain != NULL},
                   {" events ", o->events.n > 0},
                   {" contacts ", o->contacts != NULL},
                   {" no-people ", o->no_people},
                   {" company ", o->company != NULL}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].given && !strstr(mode->takes, options[i].name))
            return cst_fail(e, CST_USAGE, "--%.*s: expected none with %s, found one; leave it out",
                            (int)strlen(options[i].name) - 2, options[i].name + 1, mode->word);
    if (o->shared.format < 0 || mode->writes_table) return CST_OK;
    if (!mode->chart)
        return cst_fail(e, CST_USAGE, "--format: expected none with %s, found one; leave it out", mode->word);
    return cst_fail(
        e, CST_USAGE,
        "--format: expected none with %s, found one; a chart is SVG, and --table FILE writes its figures in "
        "the format of the file's name",
        mode->word);
}

void report_options_init(report_options *o)
{
    *o = (report_options){.period = CST_DAY_NONE, .as_of = CST_DAY_NONE};
}

cst_status report_run(void *options, cst_program_io *io, cst_error *e)
{
    const report_options *o = options;
    const char *word = cst_io_word(io);
    for (size_t i = 0; word && i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(word, modes[i].word) != 0) continue;
        cst_status status = check_options(o, &modes[i], e);
        if (status == CST_OK) status = check_ending(o->shared.output, &modes[i], e);
        if (status == CST_OK && !modes[i].chart && modes[i].run != report_night_run &&
            cst_io_has_operands(io))
            status =
                cst_fail(e, CST_USAGE, "%s: expected its tables by options, found a file; see --help", word);
        if (status < 0) return status;
        return modes[i].chart ? report_chart_run(modes[i].chart, o, io, e) : modes[i].run(o, io, e);
    }
    return cst_fail(e, CST_USAGE,
                    "expected what to make as the first words, such as chart bridge, found %s; see --help",
                    cst_io_has_operands(io) ? "a file" : "none");
}
