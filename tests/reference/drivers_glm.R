# Writes drivers_glm.csv beside it: glm of R on the rows of run-drivers-glm.
# Rscript tests/reference/drivers_glm.R      (made with R 4.2.2)
invisible(Sys.setlocale("LC_ALL", "C")) # levels in order of bytes
i <- 1:300
x <- (i * 37) %% 101 / 7; y <- ((i * 53) %% 97)^2 / 100; z <- i %% 2
region <- factor(c("EU", "US", "apac")[(i * 11) %% 7 %% 3 + 1])
label <- as.integer((i * 7919) %% 89 < 10 + 2 * x + 10 * z + 9 * (region == "US"))
put <- function(case, f) {
    b <- coef(summary(f))
    sprintf("%s,%s,%.15g,%.15g", case, sub("^region", "region=", rownames(b)), b[, 1], b[, 2])
}
o <- glm.control(epsilon = 1e-15, maxit = 100)
writeLines(c("case,name,coefficient,std_error",
             put("numbers", glm(label ~ x + y + z, family = binomial, control = o)),
             sprintf("segments,%s,%.15g,%.15g", c("x", "y", "z"), sapply(list(x, y, z), function(m)
                 deviance(glm(label ~ region + m, family = binomial, control = o)) -
                     deviance(glm(label ~ region * m, family = binomial, control = o))), 2),
             put("factor", glm(label ~ region + x + y + z, family = binomial, control = o))), "tests/reference/drivers_glm.csv")
