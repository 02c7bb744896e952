# Reads what cs-drivers made of Telco's customers (run-likelihood-telco) and computes it again with glm. Arguments: the
# rows, the held-out likelihoods of a fit without penalty and clamps, its model, its model without calibration, and the held-out
# likelihoods of a fit with defaults. Prints FAILED lines and the figures, and ends with "N passed, M failed".
arguments <- commandArgs(trailingOnly = TRUE)
invisible(Sys.setlocale("LC_ALL", "C")) # levels in order of bytes
rows <- read.csv(arguments[1], stringsAsFactors = TRUE, check.names = FALSE)
held <- read.csv(arguments[2]); model <- read.csv(arguments[3]); plain <- read.csv(arguments[4]); usual <- read.csv(arguments[5])
tight <- glm.control(epsilon = 1e-14, maxit = 100)
passed <- 0; failed <- 0
check <- function(what, good) {
    if (isTRUE(all(good))) passed <<- passed + 1 else { failed <<- failed + 1; cat("FAILED run-likelihood-telco:", what, "\n") }
}
area <- function(p, y) { r <- rank(p); n1 <- sum(y); (sum(r[y == 1]) - n1 * (n1 + 1) / 2) / (n1 * sum(1 - y)) }
logit <- function(p) log(p / (1 - p))
# ten bins of equal number by descending p; a bin ends with a run of equal p
calibration_error <- function(p, y) {
    o <- order(-p); p <- p[o]; y <- y[o]; n <- length(p); from <- 0; error <- 0
    for (bin in 1:10) {
        to <- floor(bin * n / 10)
        if (to <= from) next
        while (to < n && p[to + 1] == p[to]) to <- to + 1
        error <- error + abs(sum(p[(from + 1):to]) - sum(y[(from + 1):to])) / n
        from <- to
    }
    error
}

design <- churned ~ tenure + MonthlyCharges + SeniorCitizen + Contract + InternetService + PaymentMethod + PaperlessBilling + Dependents
rows$fold <- held$fold[match(rows$account_id, held$account_id)]
fit <- glm(design, family = binomial, data = rows, control = tight)

# the weights of a table by their names in R
weights_of <- function(table) {
    term <- table[table$kind == "term", ]
    w <- as.numeric(c(table$weight[table$kind == "likelihood"], term$weight))
    names(w) <- c("(Intercept)", sub("=", "", term$name))
    w[names(coef(fit))]
}
check("the fit's coefficients", abs(weights_of(plain) - coef(fit)) <= 1e-6 * pmax(1, abs(coef(fit))))

# what the other folds say of each row, and the calibration by the folds that are not its own
raw <- numeric(nrow(rows))
for (k in sort(unique(rows$fold)))
    raw[rows$fold == k] <- predict(glm(design, family = binomial, data = rows[rows$fold != k, ], control = tight),
                                   rows[rows$fold == k, ], type = "response")
line <- function(keep) coef(glm(y ~ x, family = binomial, control = tight, data = data.frame(y = rows$churned, x = logit(raw))[keep, ]))
calibrated <- numeric(nrow(rows))
for (k in sort(unique(rows$fold))) {
    l <- line(rows$fold != k)
    calibrated[rows$fold == k] <- plogis(l[1] + l[2] * logit(raw[rows$fold == k]))
}
whole <- line(rep(TRUE, nrow(rows)))
want <- whole[2] * coef(fit); want[1] <- want[1] + whole[1]
check("the calibrated coefficients", abs(weights_of(model) - want) <= 1e-6 * pmax(1, abs(want)))
at <- match(rows$account_id, held$account_id)
check("the held-out likelihoods", abs(held$churned[at] - calibrated) <= 1e-6)

# the fit as it is made by default, with clamps and a small penalty
y <- usual$outcome
ours <- area(usual$churned, y); theirs <- area(raw, rows$churned); error <- calibration_error(usual$churned, y)
cat(sprintf("ten folds: calibration error %.5f, AUC %.5f; AUC of glm on the same folds %.5f\n", error, ours, theirs))
check("calibration error below .02", error < 0.02)
check("AUC at least that of glm less .002", ours >= theirs - 0.002)
cat(sprintf("%d passed, %d failed\n", passed, failed))
