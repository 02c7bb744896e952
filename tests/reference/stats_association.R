# Writes stats_association.csv beside it: figures of base R that test_stats_association.c compares with.
# Rscript tests/reference/stats_association.R      (made with R 4.2.2)
out <- list()
put <- function(name, value) out[[length(out) + 1]] <<- sprintf("%s,%s", name, ifelse(is.na(value), "NA", sprintf("%.15g", value)))
i <- 1:150
x <- (i * 37) %% 29 - 0.5 * ((i * i) %% 7)             # with ties
y <- 1e9 + ((i * 53) %% 31) / 8 + 0.1 * x              # a large mean
l <- as.integer((i * 17) %% 11 + 0.2 * x > 7)
t <- cor.test(x, y); put("pearson r", t$estimate); put("pearson t", t$statistic); put("pearson p", t$p.value)
rho <- cor(rank(x), rank(y)); put("spearman r", rho)
put("spearman p", 2 * pt(-abs(rho * sqrt(148 / (1 - rho^2))), 148))
t <- cor.test(x, l); put("biserial r", t$estimate); put("biserial p", t$p.value)
put("biserial rho", cor(rank(x), rank(l)))
put("with", mean(x[l == 1])); put("without", mean(x[l == 0]))
w <- wilcox.test(x[l == 1], x[l == 0], exact = FALSE, correct = FALSE)
put("auc", w$statistic / (sum(l) * sum(1 - l))); put("auc p", w$p.value)
# DeLong by its definition, all pairs
psi <- outer(x[l == 1], x[l == 0], function(a, b) (a > b) + (a == b) / 2)
v <- var(rowMeans(psi)) / sum(l) + var(colMeans(psi)) / sum(1 - l)
put("delong se", sqrt(v))
put("ks", suppressWarnings(ks.test(x[l == 1], x[l == 0])$statistic))
t <- t.test(x[l == 1], x[l == 0]); put("welch t", t$statistic); put("welch df", t$parameter); put("welch p", t$p.value)
pooled <- sqrt(((sum(l) - 1) * var(x[l == 1]) + (sum(1 - l) - 1) * var(x[l == 0])) / 148)
put("cohen d", (mean(x[l == 1]) - mean(x[l == 0])) / pooled)
for (p in c(0, 0.01, 0.1, 0.25, 0.5, 0.77, 0.99, 1)) put(paste("quantile", p), quantile(x, p, type = 7)[[1]])
q <- p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05, 0.5, 0.001, 0.9, 0.03, 1), "BH")
for (k in seq_along(q)) put(paste("bh", k), q[k])
z <- matrix(c(x, y, l, (i * 7) %% 13, -x + ((i * 3) %% 5) / 9), nrow = 150)
z[i %% 6 == 0, 2] <- NA; z[i %% 7 == 3, 4] <- NA
m <- cor(z, use = "pairwise.complete.obs")
for (a in 1:5) for (b in 1:5) put(paste("cor", a, b), m[a, b])
for (tt in c(0.3, 2, 10, 31.5)) for (df in c(1, 2.5, 40, 7041, 1e6)) put(paste("t", tt, df), 2 * pt(-tt, df))
for (df in c(1, 2, 3, 17)) for (q in c(0.1, 3, 40, 1200)) put(paste("chi", q, df), pchisq(q, df, lower.tail = FALSE))
g <- glm(l ~ z[, 1] + z[, 5], family = binomial, weights = 1 + i %% 3, control = list(epsilon = 1e-14, maxit = 60))
mu <- fitted(g)                                        # glm's own errors lag one iteration behind
v <- solve(crossprod(model.matrix(g) * sqrt((1 + i %% 3) * mu * (1 - mu))))
for (k in 1:3) { put(paste("glm coef", k), coef(g)[[k]]); put(paste("glm se", k), sqrt(diag(v))[[k]]) }
put("glm deviance", deviance(g)); put("glm null", g$null.deviance)
X <- cbind(1, apply(z[, c(1, 5)], 2, function(v) (v - mean(v)) / sqrt(mean((v - mean(v))^2))))
b <- c(0, 0, 0)                                        # ridge by plain Newton, penalty 3 on the scaled columns
for (step in 1:50) {
    mu <- c(1 / (1 + exp(-X %*% b)))
    h <- crossprod(X * sqrt(mu * (1 - mu))) + diag(c(0, 3, 3))
    b <- b + solve(h, crossprod(X, l - mu) - c(0, 3, 3) * b)
}
for (k in 2:3) { put(paste("ridge coef", k), b[k]); put(paste("ridge se", k), sqrt(diag(solve(h)))[k]) }
writeLines(c("name,value", unlist(out)), "tests/reference/stats_association.csv")
