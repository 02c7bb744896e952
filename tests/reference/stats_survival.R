# Writes stats_survival.csv beside it: figures of R's survival package that test_stats_survival.c compares with.
# Rscript tests/reference/stats_survival.R      (made with R 4.2.2, survival 3.5-3)
suppressMessages(library(survival))
out <- list()
put <- function(name, value) out[[length(out) + 1]] <<- sprintf("%s,%s", name, ifelse(is.na(value), "NA", sprintf("%.15g", value)))

km <- function(case, time, event, tau) for (ci in c("log", "log-log", "plain")) {
    f <- survfit(Surv(time, event) ~ 1, conf.type = ci)
    s <- summary(f, censored = TRUE)
    for (i in seq_along(s$time)) for (field in c("time", "n.risk", "n.event", "n.censor", "surv", "std.err", "lower", "upper"))
        put(paste(case, ci, i, field, sep = " "), s[[field]][i])
    t <- summary(f, rmean = tau)$table
    put(paste(case, ci, "rmean"), t[["rmean"]])
    put(paste(case, ci, "se"), t[["se(rmean)"]])
    put(paste(case, ci, "median"), t[["median"]])
    put(paste(case, ci, "lcl"), t[["0.95LCL"]])
    put(paste(case, ci, "ucl"), t[["0.95UCL"]])
}
i <- 1:40
km("ties", (i * 37) %% 11, (i * 53) %% 7 < 4, 8)
km("tozero", c(1, 2, 3, 4, 5, 6), c(1, 1, 1, 1, 0, 1), 10)
km("flat", c(1, 2, 3, 4), c(1, 1, 1, 1), 2.5)          # S is exactly .5 from 2 to 3: the median is 2.5
km("flatend", c(1, 2, 3, 4), c(1, 1, 0, 0), 4)         # S stays at .5
km("none", c(0, 2, 2, 5), c(0, 0, 0, 0), 4)

cox <- function(case, time, event, x) {
    f <- coxph(Surv(time, event) ~ x, control = coxph.control(eps = 1e-13, iter.max = 50))
    for (j in seq_along(coef(f))) {
        put(paste(case, "coef", j), coef(f)[[j]])
        put(paste(case, "se", j), sqrt(diag(vcov(f)))[[j]])
    }
    put(paste(case, "loglik0"), f$loglik[1])
    put(paste(case, "loglik"), f$loglik[2])
    put(paste(case, "concordance"), f$concordance[["concordance"]])
}
i <- 1:200
cox("three", ((i * 7919) %% 97) %/% 3, (i * 31) %% 5 != 0, cbind((i * 17) %% 23 / 7, (i * 13) %% 11, i %% 2))
cox("alltied", rep(3, 12), c(1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0), cbind(c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8)))
cox("large", ((i * 7919) %% 97) %/% 3, (i * 31) %% 5 != 0, cbind(1e7 + 1000 * ((i * 17) %% 23), ((i * 13) %% 11) * 1e-6))

g <- i %% 4
d <- survdiff(Surv(((i * 7919) %% 97) %/% 3 + 4 * (g == 2), (i * 31) %% 5 != 0) ~ g)
put("logrank chisq", d$chisq)
for (j in 1:4) { put(paste("logrank obs", j), d$obs[j]); put(paste("logrank exp", j), d$exp[j]) }
time <- c(1, 1, 5, 6, 7, 8, 9, 9); event <- c(0, 0, 1, 1, 0, 1, 1, 0); g <- c(1, 1, 2, 2, 3, 3, 2, 3)
d <- survdiff(Surv(time, event) ~ g)                   # group 1 is gone before the first event
put("gone chisq", d$chisq)

# Nelson and Aalen, times that differ by rounding, delayed entry
curve <- function(case, f, tau) {
    s <- summary(f, censored = TRUE)
    for (i in seq_along(s$time)) for (field in c("time", "n.risk", "n.event", "n.censor", "surv", "std.err", "lower", "upper", "cumhaz", "std.chaz"))
        put(paste(case, i, field), s[[field]][i])
    t <- summary(f, rmean = tau)$table
    put(paste(case, "rmean"), t[["rmean"]])
    put(paste(case, "se"), t[["se(rmean)"]])
    for (k in 1:3) put(paste(case, c("median", "lcl", "ucl")[k]), t[[c("median", "0.95LCL", "0.95UCL")[k]]])
}
i <- 1:40
curve("ties hazard", survfit(Surv((i * 37) %% 11, (i * 53) %% 7 < 4) ~ 1), 8)
near <- c(.3, .1 + .2, 1, 1 + 2e-8, 1 + 1e-8, 2, 3.1, 3.1 + 1e-9, 3.1 + 3e-8, 7)   # runs of ties, and what is just not one
curve("near", survfit(Surv(near, c(1, 1, 1, 0, 1, 1, 0, 1, 1, 0)) ~ 1), 5)
i <- 1:60
entry <- (i * 29) %% 17 / 2; time <- entry + 1 + (i * 41) %% 13 / 2; event <- (i * 53) %% 7 < 4; g <- i %% 3
curve("entry", survfit(Surv(entry, time, event) ~ 1), 9)
curve("emptied", survfit(Surv(c(0, 0, 2, 3), c(1, 1, 4, 5), c(1, 0, 1, 1)) ~ 1), 4.5)  # nobody is there between 1 and 2
# the log-rank statistic with delayed entry is the score test of the exact partial likelihood (survdiff takes none)
d <- coxph(Surv(entry, time, event) ~ factor(g), ties = "exact")
put("entry logrank chisq", d$score)
expect <- rep(0, 3)                                                                      # and by hand
for (t in unique(time[event])) for (k in 1:3)
    expect[k] <- expect[k] + sum(time == t & event) * sum(entry < t & time >= t & g == k - 1) / sum(entry < t & time >= t)
for (k in 1:3) { put(paste("entry logrank obs", k), sum(event[g == k - 1])); put(paste("entry logrank exp", k), expect[k]) }
x <- cbind((i * 17) %% 23 / 7, (i * 13) %% 11, i %% 2)
fit <- function(case, s, x) {
    f <- coxph(s ~ x, control = coxph.control(eps = 1e-13, iter.max = 50))
    for (j in seq_along(coef(f))) { put(paste(case, "coef", j), coef(f)[[j]]); put(paste(case, "se", j), sqrt(diag(vcov(f)))[[j]]) }
    put(paste(case, "loglik0"), f$loglik[1]); put(paste(case, "loglik"), f$loglik[2])
    put(paste(case, "concordance"), f$concordance[["concordance"]])
}
fit("entry cox", Surv(entry, time, event), x)
fit("near cox", Surv(rep(near, 6) + 10 * (i %% 4 == 3), event), x)
writeLines(c("name,value", unlist(out)), "tests/reference/stats_survival.csv")
