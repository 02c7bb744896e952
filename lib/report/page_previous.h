/* report/page_previous.h: what is different from the night before, of --previous. Without that option each
 * function writes nothing. */
#ifndef CST_REPORT_PAGE_PREVIOUS_H
#define CST_REPORT_PAGE_PREVIOUS_H
#include "report/page_facts.h"

/* Opens the tables of that folder. CST_IO: there are none. The page frees them, after a failure too. */
cst_status report_previous_open(report_page *p, cst_error *e);
void report_previous_close(report_page *p);
/* Who is among the first of a list and was not. */
cst_status report_previous_worst(report_page *p, cst_error *e);
/* Who is in another band; bands: tonight's, from the lowest up. */
cst_status report_previous_bands(report_page *p, const report_index *scores, const report_bands *bands,
                                 cst_error *e);
/* How many figures of periods that were whole then are others now; put: with a table of them. */
size_t report_previous_restated(report_page *p, bool put);
#endif
