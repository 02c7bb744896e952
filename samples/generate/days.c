/* days.c: days since 2022-01-01, a Saturday. */
#include "company.h"

static int month_days(int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = FIRST_YEAR + month / 12;
    return days[month % 12] + (month % 12 == 1 && year % 4 == 0);
}

int month_first(int month)
{
    int day = 0;
    for (int m = 0; m < month; m++) day += month_days(m);
    return day;
}

int month_of(int day)
{
    int month = 0;
    while (day >= month_days(month)) day -= month_days(month++);
    return month;
}

int day_of_month(int day)
{
    return day - month_first(month_of(day)) + 1;
}

int add_months(int day, int months)
{
    int month = month_of(day) + months, dom = day_of_month(day);
    return month_first(month) + (dom < month_days(month) ? dom : month_days(month)) - 1;
}

bool is_weekend(int day)
{
    return day % 7 < 2;
}

void put_day(FILE *out, int day)
{
    if (day == NEVER) return;
    int month = month_of(day);
    fprintf(out, "%04d-%02d-%02d", FIRST_YEAR + month / 12, month % 12 + 1, day_of_month(day));
}

void put_us_day(FILE *out, int day)
{
    if (day == NEVER) return;
    int month = month_of(day);
    fprintf(out, "%d/%d/%d", month % 12 + 1, day_of_month(day), FIRST_YEAR + month / 12);
}

void put_time(FILE *out, int day, int minute)
{
    put_day(out, day);
    fprintf(out, " %02d:%02d", minute / 60, minute % 60);
}
