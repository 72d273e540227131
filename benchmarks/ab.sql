-- The bare query of benchmarks/ab.py: users, mean and variance of three metrics by arm, as one
-- would write it by hand. One thread; $file is the Parquet file.
SELECT
    variant,
    count(*) AS users,
    count(converted) AS converted_n,
    avg(converted) AS converted_mean,
    var_samp(converted) AS converted_variance,
    count(orders) AS orders_n,
    avg(orders) AS orders_mean,
    var_samp(orders) AS orders_variance,
    count(revenue) AS revenue_n,
    avg(revenue) AS revenue_mean,
    var_samp(revenue) AS revenue_variance
FROM read_parquet($file)
GROUP BY variant
ORDER BY variant
