using System.Numerics;
using PromptAD.Decisions;

namespace PromptAD.Tests.Decisions;

public sealed class BinomialTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 19)]
    [InlineData(7, 40)]
    [InlineData(40, 40)]
    public void Agrees_with_a_count_of_all_ways(int successes, int trials)
    {
        foreach (int percent in (int[])[1, 5, 20, 50, 80, 99])
        {
            BigInteger ways = 1, sum = 0; // of exactly i successes in trials of 100 equal cases
            for (int i = 0; i <= trials; i++)
            {
                if (i >= successes) sum += ways * BigInteger.Pow(percent, i) * BigInteger.Pow(100 - percent, trials - i);
                ways = ways * (trials - i) / (i + 1);
            }
            double expected = Math.Exp(BigInteger.Log(sum) - BigInteger.Log(BigInteger.Pow(100, trials)));
            Assert.Equal(expected, Binomial.AtLeast(successes, trials, percent / 100.0), 1e-12);
        }
    }

    [Fact]
    public void Of_many_trials_no_term_is_lost()
    {
        // An even number of throws of a coin: heads are the majority, the minority, or, with about 1/√(πn/2), just half.
        const int trials = 4000;
        Assert.Equal(0.5 + (0.5 / Math.Sqrt(Math.PI * trials / 2)), Binomial.AtLeast(trials / 2, trials, 0.5), 1e-6);
        Assert.InRange(Binomial.ProbabilityFor(trials / 2, trials, 0.5), 0.4995, 0.5);
    }

    [Fact]
    public void Finds_the_probability_of_which_so_many_successes_are_that_likely()
    {
        Assert.Equal(1 - Math.Pow(0.1, 1.0 / 19), Binomial.ProbabilityFor(1, 19, 0.9), 1e-12); // one at least: 1 - (1 - p)^n
        Assert.Equal(Math.Pow(0.3, 1.0 / 12), Binomial.ProbabilityFor(12, 12, 0.3), 1e-12); // all: p^n
        Assert.Equal(0.2, Binomial.ProbabilityFor(3, 30, Binomial.AtLeast(3, 30, 0.2)), 1e-12);
    }
}
