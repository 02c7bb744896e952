/* revenue/definition.c: one table of what makes two runs of cs-waterfall comparable. */
#include "revenue/session.h"

#define AT(field) offsetof(rev_opts, field)

const cst_option rev_definition_rows[] = {
    {"every", 0, CST_OPT_CHOICE, "week|month|quarter|year", AT(periodic.every), NULL, NULL},
    {"fiscal-year-start", 0, CST_OPT_COUNT, NULL, AT(periodic.fiscal_start), NULL, NULL},
    {"from", 0, CST_OPT_DATE, NULL, AT(periodic.from), NULL, NULL},
    {"to", 0, CST_OPT_DATE, NULL, AT(periodic.to), NULL, NULL},
    {"as-of", 0, CST_OPT_DATE, NULL, AT(periodic.as_of), NULL, NULL},
    {"history-from", 0, CST_OPT_DATE, NULL, AT(history_from), NULL, NULL},
    {"incomplete", 0, CST_OPT_FLAG, NULL, AT(incomplete), NULL, NULL},
    {"value", 0, CST_OPT_TEXT, NULL, AT(value), NULL, NULL},
    {"where", 0, CST_OPT_TEXT, NULL, AT(stream.where), NULL, NULL},
    {"by", 0, CST_OPT_TEXT, NULL, AT(stream.by), NULL, NULL},
    {"customer", 0, CST_OPT_TEXT, NULL, AT(subjects.customer), NULL, NULL},
    {"cross-sell-by", 0, CST_OPT_TEXT, NULL, AT(cross_sell_by), NULL, NULL},
    {"line", 0, CST_OPT_TEXT, NULL, AT(line), NULL, NULL},
    {"net", 0, CST_OPT_CHOICE, "account|line", AT(net), NULL, NULL},
    {"basis", 0, CST_OPT_CHOICE, "snapshot|event", AT(basis), NULL, NULL},
    {"snapshot", 0, CST_OPT_CHOICE, "month-end|first-day|touch", AT(snapshot), NULL, NULL},
    {"split", 0, CST_OPT_FLAG, NULL, AT(split), NULL, NULL},
    {"grace", 0, CST_OPT_COUNT, NULL, AT(grace), NULL, NULL},
    {"fx-max-age", 0, CST_OPT_COUNT, NULL, AT(subjects.fx_max_age), NULL, NULL},
    {"reactivation-window", 0, CST_OPT_DURATION, NULL, AT(reactivation), NULL, NULL},
    {"window", 0, CST_OPT_DURATION, NULL, AT(window), NULL, NULL},
    {"min-movement", 0, CST_OPT_MONEY, NULL, AT(min_movement), NULL, NULL},
    {"ci", 0, CST_OPT_MONEY, NULL, AT(ci), NULL, NULL},
    {"seed", 0, CST_OPT_COUNT, NULL, AT(seed), NULL, NULL},
    {"report-currency", 0, CST_OPT_TEXT, NULL, AT(subjects.report_currency), NULL, NULL},
    {"decimals", 0, CST_OPT_COUNT, NULL, AT(decimals), NULL, NULL},
    {"retention", 0, CST_OPT_CHOICE, "cohort|movements|compounded", AT(retention), NULL, NULL},
    {"retention-fx", 0, CST_OPT_CHOICE, "constant|spot", AT(retention_fx), NULL, NULL},
    {0},
};

cst_status rev_definition_of(const rev_opts *o, const rev_session *s, cst_definition *out, cst_error *e)
{
    cst_status status = cst_definition_of(rev_definition_rows, o, out, e);
    return status == CST_OK && s ? cst_subscriptions_define(out, s->centre, e) : status;
}

cst_status rev_definition_tell(const rev_session *s, cst_error *e)
{
    cst_definition d = {0};
    cst_status status = rev_definition_of(s->o, s, &d, e);
    if (status == CST_OK)
        status = cst_subscriptions_define_told(&d, s->value, s->o->subjects.report_currency, e);
    if (status == CST_OK) cst_definition_tell(&d, cst_io_manifest(s->io));
    cst_definition_free(&d);
    return status;
}
