# Cox's regression by R's survival package, on the file the command reads: seconds for reading and for the fit.
library(survival)
file <- commandArgs(TRUE)[1]
begin <- proc.time()[3]
d <- read.csv(file)
read <- proc.time()[3]
d <- d[d$tenure > 0, ]
m <- coxph(Surv(tenure, churned) ~ x1 + x2 + x3 + x4 + x5, data = d, ties = "efron")
cat(sprintf("%.4f\n", proc.time()[3] - read), file = stderr())
cat(sprintf("%s,%.6f\n", names(coef(m)), coef(m)), sep = "")
