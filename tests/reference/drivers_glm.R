# Writes drivers_glm.csv beside it: glm of R on the rows of run-drivers-glm.
# Rscript tests/reference/drivers_glm.R      (made with R 4.2.2)
i <- 1:300
x <- (i * 37) %% 101 / 7; y <- ((i * 53) %% 97)^2 / 100; z <- i %% 2
label <- as.integer((i * 7919) %% 89 < 10 + 2 * x + 10 * z)
f <- glm(label ~ x + y + z, family = binomial, control = glm.control(epsilon = 1e-15, maxit = 100))
b <- coef(summary(f))
writeLines(c("name,coefficient,std_error", sprintf("%s,%.15g,%.15g", rownames(b), b[, 1], b[, 2])), "tests/reference/drivers_glm.csv")
