/* cohort/project.h: cohorts carried on: the shifted-beta-geometric fitted to those who never left. */
#ifndef CST_COHORT_PROJECT_H
#define CST_COHORT_PROJECT_H
#include "cohort/survival.h"
#include "cohort/triangle.h"

/* From the never-left accounts of each cohort of a triangle, whose lives the frame asked for. What cannot be
 * projected is left out and told, while there is something that can. */
cst_status cohort_project_triangle(const cohort_triangle *t, const cohort_frame *f, const cohort_input *in,
                                   cst_error *e);
/* From durations and events: each group is a cohort. */
cst_status cohort_project_groups(const cohort_group_list *l, const cohort_input *in, cst_error *e);
/* The number of ages that --project asks for. CST_USAGE. */
cst_status cohort_project_ages(const cohort_input *in, uint32_t *out, cst_error *e);
#endif
