# Writes stats_incidence.csv beside it: cumulative incidence by R's survival package that test_stats_incidence.c compares with.
# Rscript tests/reference/stats_incidence.R      (made with R 4.2.2, survival 3.5-3)
#
# mgus2: 1384 people with a monoclonal gammopathy, months to a plasma cell malignancy (pcm) or to death without one (Kyle 2002).
suppressMessages(library(survival))
write_case <- function(case, time, status) {
    f <- survfit(Surv(time, factor(status, 0:2)) ~ 1)
    n <- function(s) as.vector(table(factor(time[status == s], f$time)))
    data.frame(case, time = f$time, first = n(1), second = n(2), censored = n(0), at_risk = f$n.risk[, 1],
        incidence_first = sprintf("%.15g", f$pstate[, 2]), incidence_second = sprintf("%.15g", f$pstate[, 3]),
        error_first = sprintf("%.15g", f$std.err[, 2]), error_second = sprintf("%.15g", f$std.err[, 3]))
}
pcm <- mgus2$pstat == 1
i <- 1:60
out <- rbind(
    write_case("mgus2", ifelse(pcm, mgus2$ptime, mgus2$futime), ifelse(pcm, 1, 2 * mgus2$death)),
    write_case("ties", (i * 37) %% 13, (i * 53) %% 3),
    write_case("one", rep(3, 5), c(0, 1, 2, 1, 0)),
    write_case("all", 1:6, c(1, 2, 1, 1, 2, 1)),
    write_case("none", c(0, 2, 2, 5), rep(0, 4)))
write.csv(out, "tests/reference/stats_incidence.csv", row.names = FALSE, quote = FALSE)
