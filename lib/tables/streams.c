/* The canonical streams. One table per stream, in the order the columns are written; nothing here but data
 * and the few questions asked of it. */
#include "tables/streams.h"
#include "base/number.h"
#include "base/text.h"

static const char roles[] = "user|champion|economic_buyer|technical_buyer|"
                            "user_buyer|executive_sponsor|influencer|unknown";
static const char sentiments[] = "promoter|passive|detractor";
static const char value_drivers[] = "make_money|save_money|reduce_risk|drive_strategy";
static const char kinds[] = "account|plan|product|subscription";

const char *const cst_severities[] = {"critical", "high", "medium", "low", "info", NULL};

static const struct cst_stream_column accounts[] = {
    {"account_id", CST_TYPE_TEXT, true, NULL},   {"name", CST_TYPE_TEXT, false, NULL},
    {"segment", CST_TYPE_TEXT, false, NULL},     {"csm", CST_TYPE_TEXT, false, NULL},
    {"signup_date", CST_TYPE_DAY, false, NULL},  {"first_value_date", CST_TYPE_DAY, false, NULL},
    {"renewal_date", CST_TYPE_DAY, false, NULL}, {"seats", CST_TYPE_NUMBER, false, NULL},
    {"parent_id", CST_TYPE_TEXT, false, NULL},   {"valid_from", CST_TYPE_DAY, false, NULL},
    {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column subscriptions[] = {
    {"account_id", CST_TYPE_TEXT, true, NULL},     {"subscription_id", CST_TYPE_TEXT, false, NULL},
    {"product", CST_TYPE_TEXT, false, NULL},       {"plan", CST_TYPE_TEXT, false, NULL},
    {"buying_center", CST_TYPE_TEXT, false, NULL}, {"quantity", CST_TYPE_NUMBER, false, NULL},
    {"currency", CST_TYPE_CURRENCY, false, NULL},  {"mrr", CST_TYPE_MONEY, true, NULL},
    {"arr", CST_TYPE_MONEY, false, NULL},          {"start_date", CST_TYPE_DAY, true, NULL},
    {"end_date", CST_TYPE_DAY, false, NULL},       {"term_months", CST_TYPE_COUNT, false, NULL},
    {"status", CST_TYPE_TEXT, false, NULL},        {"signed_date", CST_TYPE_DAY, false, NULL},
    {"notice_days", CST_TYPE_COUNT, false, NULL},  {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column events[] = {
    {"account_id", CST_TYPE_TEXT, true, NULL},    {"user_id", CST_TYPE_TEXT, false, NULL},
    {"event_time", CST_TYPE_INSTANT, true, NULL}, {"event", CST_TYPE_TEXT, true, NULL},
    {"quantity", CST_TYPE_NUMBER, false, NULL},   {"value", CST_TYPE_NUMBER, false, NULL},
    {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column contacts[] = {
    {"account_id", CST_TYPE_TEXT, true, NULL},  {"contact_id", CST_TYPE_TEXT, true, NULL},
    {"role", CST_TYPE_WORD, false, roles},      {"sentiment", CST_TYPE_WORD, false, sentiments},
    {"level", CST_TYPE_TEXT, false, NULL},      {"start_date", CST_TYPE_DAY, false, NULL},
    {"end_date", CST_TYPE_DAY, false, NULL},    {"user_id", CST_TYPE_TEXT, false, NULL},
    {"reports_to", CST_TYPE_TEXT, false, NULL}, {"our_contact", CST_TYPE_TEXT, false, NULL},
    {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column outcomes[] = {
    {"account_id", CST_TYPE_TEXT, true, NULL},
    {"outcome", CST_TYPE_TEXT, true, NULL},
    {"value_driver", CST_TYPE_WORD, false, value_drivers},
    {"connected", CST_TYPE_BOOLEAN, false, NULL},
    {"identified", CST_TYPE_BOOLEAN, false, NULL},
    {"quantified", CST_TYPE_BOOLEAN, false, NULL},
    {"operational", CST_TYPE_BOOLEAN, false, NULL},
    {"socialized", CST_TYPE_BOOLEAN, false, NULL},
    {"aligned", CST_TYPE_BOOLEAN, false, NULL},
    {"target", CST_TYPE_NUMBER, false, NULL},
    {"actual", CST_TYPE_NUMBER, false, NULL},
    {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column milestones[] = {
    {"account_id", CST_TYPE_TEXT, true, NULL}, {"milestone", CST_TYPE_TEXT, true, NULL},
    {"due_date", CST_TYPE_DAY, false, NULL},   {"done_date", CST_TYPE_DAY, false, NULL},
    {"owner", CST_TYPE_TEXT, false, NULL},     {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column reasons[] = {
    {"account_id", CST_TYPE_TEXT, true, NULL},       {"date", CST_TYPE_DAY, true, NULL},
    {"reason", CST_TYPE_TEXT, true, NULL},           {"voluntary", CST_TYPE_BOOLEAN, false, NULL},
    {"controllable", CST_TYPE_BOOLEAN, false, NULL}, {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column metrics[] = {
    {"account_id", CST_TYPE_TEXT, true, NULL},
    {"period", CST_TYPE_DAY, true, NULL},
    {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column scores[] = {
    {"account_id", CST_TYPE_TEXT, true, NULL},   {"period", CST_TYPE_DAY, true, NULL},
    {"score", CST_TYPE_NUMBER, false, NULL},     {"band", CST_TYPE_TEXT, false, NULL},
    {"raw_score", CST_TYPE_NUMBER, false, NULL}, {"raw_band", CST_TYPE_TEXT, false, NULL},
    {"coverage", CST_TYPE_NUMBER, false, NULL},  {"vector", CST_TYPE_TEXT, false, NULL},
    {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column movements[] = {
    {"period_start", CST_TYPE_DAY, false, NULL},
    {"period_end", CST_TYPE_DAY, false, NULL},
    {"effective_date", CST_TYPE_DAY, false, NULL},
    {"account_id", CST_TYPE_TEXT, false, NULL},
    {"product", CST_TYPE_TEXT, false, NULL},
    {"buying_center", CST_TYPE_TEXT, false, NULL},
    {"movement", CST_TYPE_TEXT, false, NULL},
    {"amount", CST_TYPE_MONEY, false, NULL},
    {"from_mrr", CST_TYPE_MONEY, false, NULL},
    {"to_mrr", CST_TYPE_MONEY, false, NULL},
    {"currency", CST_TYPE_CURRENCY, false, NULL},
    {"source", CST_TYPE_TEXT, false, NULL},
    {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column flags[] = {
    {"account_id", CST_TYPE_TEXT, false, NULL}, {"flag", CST_TYPE_TEXT, false, NULL},
    {"status", CST_TYPE_TEXT, false, NULL},     {"severity", CST_TYPE_TEXT, false, NULL},
    {"since", CST_TYPE_DAY, false, NULL},       {"until", CST_TYPE_DAY, false, NULL},
    {"value", CST_TYPE_TEXT, false, NULL},      {"mrr_at_risk", CST_TYPE_MONEY, false, NULL},
    {"owner", CST_TYPE_TEXT, false, NULL},      {"play", CST_TYPE_TEXT, false, NULL},
    {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column fx[] = {
    {"currency", CST_TYPE_CURRENCY, true, NULL},
    {"date", CST_TYPE_DAY, true, NULL},
    {"rate", CST_TYPE_RATE, true, NULL},
    {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column identity[] = {
    {"kind", CST_TYPE_WORD, true, kinds},
    {"old_id", CST_TYPE_TEXT, true, NULL},
    {"new_id", CST_TYPE_TEXT, true, NULL},
    {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column owners[] = {
    {"account_id", CST_TYPE_TEXT, true, NULL}, {"owner", CST_TYPE_TEXT, true, NULL},
    {"role", CST_TYPE_TEXT, false, NULL},      {"from", CST_TYPE_DAY, true, NULL},
    {"until", CST_TYPE_DAY, false, NULL},      {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column stages[] = {
    {"account_id", CST_TYPE_TEXT, true, NULL},    {"item_id", CST_TYPE_TEXT, true, NULL},
    {"stage", CST_TYPE_TEXT, true, NULL},         {"stage_date", CST_TYPE_DAY, true, NULL},
    {"pipeline", CST_TYPE_TEXT, false, NULL},     {"amount", CST_TYPE_MONEY, false, NULL},
    {"currency", CST_TYPE_CURRENCY, false, NULL}, {"owner", CST_TYPE_TEXT, false, NULL},
    {"reason", CST_TYPE_TEXT, false, NULL},       {"expected_date", CST_TYPE_DAY, false, NULL},
    {NULL, CST_TYPE_TEXT, false, NULL},
};

static const struct cst_stream_column actions[] = {
    {"account_id", CST_TYPE_TEXT, true, NULL}, {"date", CST_TYPE_DAY, true, NULL},
    {"flag", CST_TYPE_TEXT, false, NULL},      {"play", CST_TYPE_TEXT, false, NULL},
    {"owner", CST_TYPE_TEXT, false, NULL},     {NULL, CST_TYPE_TEXT, false, NULL},
};

const struct cst_stream cst_streams[] = {
    {"accounts", "a customer", accounts, "account_id", NULL, true},
    {"subscriptions", "a stretch of recurring revenue", subscriptions,
     "account_id,subscription_id,product,plan,buying_center,start_date", "subscription_id", true},
    {"events", "something that happened", events, NULL, NULL, true},
    {"contacts", "a person in a role at a customer", contacts, "account_id,contact_id,role", NULL, true},
    {"outcomes", "a result the customer wants", outcomes, "account_id,outcome", NULL, true},
    {"milestones", "a promised step", milestones, "account_id,milestone", NULL, true},
    {"reasons", "why something was lost or won", reasons, NULL, NULL, true},
    {"metrics", "an account at a date", metrics, "account_id,period", NULL, false},
    {"scores", "an account's health at a date", scores, "account_id,period", NULL, false},
    {"movements", "one change of recurring revenue", movements, NULL, NULL, false},
    {"flags", "a flag of an account at a date", flags, NULL, NULL, false},
    {"fx", "a rate of exchange", fx, "currency,date", NULL, true},
    {"identity", "a renaming", identity, "kind,old_id", NULL, true},
    {"owners", "who looks after an account", owners, NULL, NULL, true},
    {"stages", "an item enters a stage", stages, NULL, NULL, true},
    {"trials", "a trial begins or ends, as a stage", stages, NULL, NULL, true},
    {"actions", "something done about a flag", actions, NULL, NULL, true},
    {NULL, NULL, NULL, NULL, NULL, false},
};

static const struct cst_event_scale scales[] = {{"nps", 0, 10}, {"csat", 1, 5}, {NULL, 0, 0}};

const struct cst_event_scale *cst_event_scale_find(cst_text event)
{
    for (const struct cst_event_scale *s = scales; s->event; s++)
        if (cst_text_is(event, s->event)) return s;
    return NULL;
}

bool cst_event_scale_has(const struct cst_event_scale *s, cst_text value)
{
    double v;
    return !cst_number_parse(value, &v) || (v >= s->least && v <= s->most);
}

const struct cst_stream *cst_stream_find(cst_text name)
{
    for (const struct cst_stream *s = cst_streams; s->name; s++)
        if (cst_text_is(name, s->name)) return s;
    return NULL;
}

const struct cst_stream_column *cst_stream_column_find(const struct cst_stream *s, cst_text name)
{
    for (const struct cst_stream_column *c = s->columns; c->name; c++)
        if (cst_text_is(name, c->name)) return c;
    return NULL;
}

bool cst_stream_word(const char *words, cst_text word)
{
    return cst_word_find(words, word) >= 0;
}

static const struct {
    const char *name, *expects;
} types[] = {
    [CST_TYPE_TEXT] = {"text", "text"},
    [CST_TYPE_DAY] = {"date", "a date as YYYY-MM-DD"},
    [CST_TYPE_INSTANT] = {"time", "a time as YYYY-MM-DDTHH:MM:SSZ or a date as YYYY-MM-DD"},
    [CST_TYPE_MONEY] = {"money", "an amount as 1234.56"},
    [CST_TYPE_RATE] = {"rate", "a rate greater than zero as 1.0832"},
    [CST_TYPE_NUMBER] = {"number", "a number as 1234.5"},
    [CST_TYPE_COUNT] = {"count", "a whole number, zero or more"},
    [CST_TYPE_BOOLEAN] = {"boolean", "true or false"},
    [CST_TYPE_CURRENCY] = {"currency", "a currency of three capital letters as USD"},
    [CST_TYPE_WORD] = {"word", "one of the words of the column"},
};

const char *cst_type_expects(cst_type t)
{
    return types[t].expects;
}

const char *cst_type_name(cst_type t)
{
    return types[t].name;
}
