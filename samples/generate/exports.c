/* exports.c: the files and their headers. */
#include "company.h"

#include <stdlib.h>

FILE *billing, *coupons, *trials, *identity, *crm, *people_file, *owners, *opportunities, *usage, *tickets,
    *survey, *touch, *tasks, *goals, *steps, *losses, *rates, *features, *truth;

static const struct export
{
    FILE **file;
    const char *name, *header;
}
exports[] = {
    {&billing, "stripe_subscriptions.csv",
     "id,Customer ID,Plan,Product,Team (metadata),Quantity,Currency,Interval,Term (metadata),Amount,Status,"
     "Start Date (UTC),Ended At (UTC),Coupon"},
    {&coupons, "stripe_coupons.csv", "id,percent_off,duration"},
    {&trials, "billing_trials.csv",
     "Trial ID,Customer ID,Plan,Seats,Source,Trial Start,Trial End,Active Days,Status,Converted At,Subscription ID"},
    {&identity, "identity.csv", "kind,old_id,new_id"},
    {&crm, "crm_accounts.csv",
     "Billing ID,Account Name,Segment,Industry,Billing Country,Account Owner,Customer Since,First Value Date,Renewal Date,"
     "Seats,Parent Billing ID"},
    {&people_file, "crm_contacts.csv",
     "Billing ID,Contact ID,Name,Email,Role,Sentiment,Level,Product User,Reports To,Our Contact,Since,Left On"},
    {&owners, "crm_owner_history.csv", "Billing ID,Team Member,Team Role,Start Date,End Date"},
    {&opportunities, "crm_opportunity_history.csv",
     "Opportunity ID,Billing ID,Opportunity Name,Type,Stage,Stage Date,Annual Amount,Currency,Close Date,Opportunity Owner,"
     "Lead Source,Closed Reason"},
    {&usage, "product_usage.csv", "account,user,timestamp,event,count"},
    {&tickets, "zendesk_tickets.csv",
     "Id,Organization External Id,Created at,Solved at,Priority,Resolution time (h),Escalated,Tags"},
    {&survey, "nps_responses.csv", "customer,responded_on,score,comment"},
    {&touch, "csp_activities.csv", "Activity ID,Account,Type,Forum,Date,Minutes,Our Person,Contact ID"},
    {&tasks, "csp_tasks.csv", "Task ID,Account,Playbook,Trigger,Created,Due,Completed,Owner,Status"},
    {&goals, "outcomes.csv",
     "account,outcome,value_driver,connected,identified,quantified,operational,socialized,aligned,target,actual,due_date,"
     "reached_date,last_discussed"},
    {&steps, "milestones.csv", "account,milestone,due_date,done_date,owner"},
    {&losses, "churn_reasons.csv", "account,lost_on,reason,voluntary,controllable"},
    {&rates, "fx_rates.csv", "currency,date,rate"},
    {&features, "product_features.csv", "event,feature,class,kind,released"},
    {&truth, "../truth.csv", "account_id,date,what,detail"},
};

void open_exports(const char *folder)
{
    for (size_t i = 0; i < sizeof exports / sizeof *exports; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, exports[i].name);
        FILE *f = fopen(path, "wb");
        if (!f) {
            perror(path);
            exit(2);
        }
        fprintf(f, "%s\n", exports[i].header);
        *exports[i].file = f;
    }
}

void close_exports(void)
{
    for (size_t i = 0; i < sizeof exports / sizeof *exports; i++) {
        if (fclose(*exports[i].file) == 0) continue;
        perror(exports[i].name);
        exit(2);
    }
}
